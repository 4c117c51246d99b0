import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge import messages
from bridge.problem import Finding, Severity

SPACE = "\N{NO-BREAK SPACE}"
EN_DASH = "\N{EN DASH}"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "sv"),
        ("sv", "sv"),
        ("*", "sv"),
        ("en-GB,en;q=0.9,sv;q=0.8", "en"),
        ("en;q=0.4, SV-se;q=0.6", "sv"),
        ("de, fr;q=0.5", "en"),
        ("de, sv;q=0.1", "sv"),
        ("sv;q=0, en;q=0", "en"),
        ("en;q=nonsense", "en"),
        (",;,,", "sv"),
    ],
)
def test_the_language_is_the_one_the_caller_wants_most(header: str, language: str) -> None:
    assert messages.language(header) == language


@given(st.text())
@settings(deadline=None)
def test_any_header_gives_a_language(header: str) -> None:
    assert messages.language(header) in messages.LANGUAGES


@pytest.mark.parametrize(
    ("text", "sv", "en"),
    [
        ("0.00", "0,00", "0.00"),
        ("-1234567.50", f"\N{MINUS SIGN}1{SPACE}234{SPACE}567,50", "-1,234,567.50"),
        ("999", "999", "999"),
        ("not an amount", "not an amount", "not an amount"),
        ("1,5", "1,5", "1,5"),
    ],
)
def test_an_amount_is_written_as_the_language_writes_it(text: str, sv: str, en: str) -> None:
    assert messages.amount(text, "sv") == sv
    assert messages.amount(text, "en") == en


def test_counts_are_grouped_and_names_are_not() -> None:
    text = messages.text("findings", "account-undeclared", {"account": "15100"}, "sv")

    assert messages.number(12345, "en") == "12,345"
    assert text == "Konto 15100 används men finns inte i kontoplanen. Beloppen är med."


@pytest.mark.parametrize("module", ["integration", "bookkeeping", "needed"])
@pytest.mark.parametrize(("language", "begins"), [("sv", "Detta saknas i Fortnox: "), ("en", "Missing in Fortnox: ")])
def test_a_missing_licence_reads_well_where_the_company_is_not_known(module: str, language: str, begins: str) -> None:
    text = messages.detail("licence-missing", {"company": "", "module": module}, language)
    assert text.startswith(begins)
    assert EN_DASH not in text


def test_a_problem_says_what_happened_what_it_means_and_what_to_do() -> None:
    params = {"id": "ent_1", "debit": "1000.00", "credit": "999.50"}

    assert messages.title("unbalanced-voucher", params, "sv") == "Verifikationen balanserar inte"
    assert messages.detail("unbalanced-voucher", params, "en") == (
        "ent_1 does not balance: debit 1,000.00, credit 999.50. Correct it and export again."
    )


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"reason": "length", "n": 9, "digit": ""}, "det ska ha 10 siffror, det har 9"),
        ({"reason": "checksum", "n": 10, "digit": "4"}, "kontrollsiffran ska vara 4"),
        ({"reason": "third-digit", "n": 10, "digit": ""}, "tredje siffran ska vara minst 2"),
    ],
)
def test_a_wrong_org_number_says_why(params: dict[str, str | int], reason: str) -> None:
    assert messages.detail("org-number-invalid", {"actual": "556677-8899", **params}, "sv") == (
        f"556677-8899 är inget giltigt organisationsnummer: {reason}. Skriv tio siffror, till exempel 556677-8899."
    )


def test_a_word_belongs_to_its_code() -> None:
    assert messages.detail("invalid-value", {"reason": "date"}, "en").startswith("Write the date")
    assert "are not a day" in messages.detail("org-number-invalid", {"reason": "date", "actual": "x"}, "en")


def test_a_size_is_shown_in_begun_megabytes() -> None:
    assert "is 101 MB" in messages.detail("file-too-large", {"size": 100 * 1024 * 1024 + 1}, "en")


def test_one_and_many_have_each_their_form() -> None:
    one = Finding("voucher-series-filled", Severity.INFO, {"series": "Z"})
    many = Finding("voucher-series-filled", Severity.INFO, {"series": "Z"}, count=1200)

    assert messages.finding(one, "sv") == "1 verifikation saknade serie. Den fick serie Z."
    assert messages.finding(many, "sv") == f"1{SPACE}200 verifikationer saknade serie. De fick serie Z."


def test_a_finding_that_stands_for_several_says_how_many() -> None:
    found = Finding("account-undeclared", Severity.WARNING, {"account": "1510"}, count=3)

    assert messages.finding(found, "en").endswith("included. (3 times)")


def test_a_line_of_the_log_shows_a_problem_by_its_title() -> None:
    line = messages.activity("import-failed", {"problem": "fortnox-unavailable"}, "en")

    assert line == "Import from Fortnox failed: Fortnox is not answering"


def test_a_code_without_a_text_is_shown_as_it_is_and_a_missing_parameter_as_a_dash() -> None:
    assert messages.text("findings", "from-a-later-version", {}, "sv") == "from-a-later-version"
    assert messages.text("states", "connection.unheard-of", {}, "sv") == "connection.unheard-of"
    assert messages.detail("series-unknown", {"series": "X"}, "en").startswith(
        "Voucher series X does not exist in Fortnox for \N{EN DASH}"
    )


def test_braces_in_a_parameter_are_only_text() -> None:
    assert "“{code}”" in messages.detail("fortnox-refused", {"message": "{code}", "code": "secret"}, "en")


def test_an_unreadable_file_says_which_line_and_why() -> None:
    params: dict[str, str | int] = {"line": 40, "finding": "amount-invalid", "value": "12,5", "count": 1}

    assert messages.detail("sie-invalid", params, "sv").startswith("Rad 40: \N{RIGHT DOUBLE QUOTATION MARK}12,5")
    assert messages.detail("sie-invalid", {**params, "line": 0}, "en").startswith("Line \N{EN DASH}: ")


def test_a_checksum_is_not_written_as_money() -> None:
    sums = Finding("checksum-mismatch", Severity.ERROR, {"stated": "1234567", "computed": 7654321})
    balances = Finding(
        "closing-differs", Severity.WARNING, {"account": "1510", "stated": "1000.00", "computed": "2.00"}
    )

    assert "says 1234567, its content gives 7654321" in messages.finding(sums, "en")
    assert "is SEK 1,000.00 in the file" in messages.finding(balances, "en")
