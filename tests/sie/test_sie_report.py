"""What `check` adds to reading: which books are compared with their balances, and what its report holds."""

from __future__ import annotations

from collections.abc import Callable

from bridge.ledger.columns import Part
from bridge.problem import Severity
from bridge.sie import Limits, Verdict, check

SALE = ("#VER A 1 20250115", "{", "#TRANS 1930 {} 5", "#TRANS 3001 {} -5", "}")


def codes(data: bytes, name: str = "") -> set[str]:
    return {each.code for each in check([data], name=name).findings}


def test_only_an_export_is_compared_with_its_balances(sie_bytes: Callable[..., bytes]) -> None:
    wrong = sie_bytes("#UB 0 1930 900", *SALE)
    assert "closing-differs" in codes(wrong)
    assert "closing-differs" in codes(wrong, "books.se")
    assert "closing-differs" not in codes(wrong, "books.SI")
    assert "record-forbidden" in codes(wrong, "books.si")


def test_a_file_whose_balances_agree_is_not_spoken_of(sie_bytes: Callable[..., bytes]) -> None:
    assert codes(sie_bytes("#UB 0 1930 105", "#RES 0 3001 -5", *SALE)) & {"closing-differs", "result-differs"} == set()


def test_errors_are_the_findings_of_that_severity(sie_bytes: Callable[..., bytes]) -> None:
    report = check([sie_bytes("#UB 0 1930 900", *SALE, "#VER A 2 20250115", "{", "#TRANS 1930 {} 1", "}")])
    assert {each.code for each in report.errors} == {"voucher-unbalanced"}
    assert {each.severity for each in report.findings} > {Severity.ERROR}
    assert report.document.errors == report.errors


def test_the_limits_hold_in_a_check_too(sie_bytes: Callable[..., bytes]) -> None:
    report = check([sie_bytes(*SALE)], limits=Limits(pool=1))
    assert "limit-exceeded" in {each.code for each in report.errors}


def test_every_part_goes_to_the_sink_and_into_the_ledger(sie_bytes: Callable[..., bytes]) -> None:
    parts: list[Part] = []
    report = check([sie_bytes(*SALE)], sink=parts.append, control=frozenset({"1930"}))
    assert [part.vouchers.name(0) for part in parts] == ["A 1"]
    assert report.ledger.closing("1930") == 10500
    assert [each.amount for each in report.ledger.postings("1930")] == [500]
    assert report.ledger.stated.first is not None


def test_a_verdict_is_its_own_name_in_small_letters() -> None:
    assert [each.value for each in Verdict] == ["absent", "ok", "mismatch", "truncated"]


def test_months_are_compared_where_there_are_vouchers_and_the_last_day_is_known() -> None:
    begin, month = b"#FLAGGA 0\n#SIETYP 4\n", b"#PSALDO 0 202501 1930 {} 4\n"
    year, sale = b"#RAR 0 20250101 20251231\n", "\n".join(SALE).encode()
    for lines, differs in (
        (begin + year + month + sale, True),
        (begin + month + sale, False),
        (begin + year + month, False),
    ):
        assert ("period-balance-differs" in codes(lines, "books.se")) is differs
