from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra.local.fortnox import Simulator, books, money, wire
from infra.local.fortnox.model import Company
from infra.local.fortnox.sie_reader import Record, read
from tests.simulator.conftest import SMALL, Api, Clock

BALANCES = {"IB": 2, "UB": 2, "RES": 2, "OIB": 2, "OUB": 2, "PSALDO": 3, "PBUDGET": 3}
ROWS = ("TRANS", "RTRANS", "BTRANS")
LAYOUT = [
    "#FLAGGA 0",
    "#FORMAT PC8",
    "#SIETYP 4",
    '#PROGRAM "Fortnox" 3.57.11',
    "#GEN 20261120",
    "#FNR 2000001",
    '#FNAMN "Åäö Snickeri AB"',
    '#ADRESS "Eva" "Gatan 7" "123 45 STORSTAD" "08-12"',
    "#RAR 0 20250101 20251231",
    "#RAR -1 20240101 20241231",
    "#ORGNR 556036-0793",
    "#OMFATTN 20251231",
    "#KPTYP EUBAS97",
    "",
    '#KONTO 1510 "Kundfordringar"',
    '#KONTO 1930 "Företagskonto"',
    "#SRU 1930 7281",
    '#KONTO 3001 "Försäljning \\"inom\\" Sverige"',
    '#DIM 1 "Kostnadsställe"',
    '#OBJEKT 1 "VERK" "Verkstad"',
    '#DIM 6 "Projekt"',
    '#OBJEKT 6 "P1" "Köket"',
    "#IB 0 1930 1000 0",
    "#UB 0 1510 99 0",
    "#UB 0 1930 2250.50 0",
    "#RES 0 3001 -1349.50 0",
    '#VER A 1 20250506 "Försäljning" 20250812',
    "{",
    '#TRANS 1930 {6 "P1"} 1250.50 "" "Kök" 2',
    '#TRANS 3001 {} -1250.50 "" "" 0',
    "}",
    '#VER B 1 20250507 "Faktura 1" 20250812',
    "{",
    '#TRANS 1510 {} 99 "" "" 0',
    '#BTRANS 1930 {} 5 "" "" 0',
    '#RTRANS 3001 {} -99 "" "" 0',
    '#TRANS 3001 {} -99 "" "" 0',
    "}",
    '#VER B 2 20250508 "Tom"',
    "{",
    "}",
    "",
]


def balances(records: list[Record]) -> dict[tuple[Any, ...], int]:
    return {
        (each.label, *each.fields[: BALANCES[each.label]], each.objects): money.ore(each.get(BALANCES[each.label]))
        for each in records
        if each.label in BALANCES
    }


def rows(records: list[Record]) -> list[tuple[Any, ...]]:
    return [
        (each.label, each.get(0), money.ore(each.get(1)), each.objects, each.get(2))
        for each in records
        if each.label in ROWS
    ]


def vouchers(records: list[Record]) -> list[tuple[str, ...]]:
    return [each.fields[:4] for each in records if each.label == "VER"]


def test_a_real_file_is_served_with_its_vouchers_rows_and_balances(
    simulator: Simulator, samples: Path, real_file: list[str]
) -> None:
    content = (samples / real_file[0]).read_bytes()
    company = simulator.add(books.from_sie(content, 77))
    simulator.knobs.rate_limit = False
    api = Api(simulator, 77)
    served, original = read(api.get("sie/4").content), read(content)
    counts = Counter(each.label for each in served)
    assert (str(counts["VER"]), str(counts["TRANS"])) == (real_file[2], real_file[3])
    assert balances(served) == balances(original)
    assert rows(served) == rows(original)
    assert vouchers(served) == vouchers(original)
    assert api.get("vouchers").json()["MetaInformation"]["@TotalResources"] == counts["VER"]
    assert any(each["Manual"] for each in api.many("voucherseries"))
    assert api.one("companyinformation")["OrganizationNumber"] == company.org_number
    assert len(api.many("accounts", limit=500)) > 0


def test_the_answer_is_cp437_with_crlf_and_without_a_charset(api: Api) -> None:
    answer = api.get("sie/4")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert b'#FNAMN "\x8f\x84\x94 Snickeri AB"\r\n' in answer.content
    assert answer.content.count(b"\n") == answer.content.count(b"\r\n")


def test_the_layout_is_that_of_fortnox(api: Api) -> None:
    assert api.get("sie/4").content.decode("cp437").split("\r\n") == LAYOUT


def test_what_is_posted_moves_the_stated_balances(api: Api, draft: Callable[..., dict[str, Any]]) -> None:
    wrong = api.get("sie/4").content
    assert b"#UB 0 1930 2250.50 0" in wrong
    api.post("vouchers", draft())
    lines = api.get("sie/4").content.decode("cp437").split("\r\n")
    assert "#UB 0 1930 3501 0" in lines
    assert "#RES 0 3001 -2600 0" in lines
    assert lines[-6:-1] == [
        '#VER A 2 20251231 "Försäljning" 20261120',
        "{",
        '#TRANS 1930 {} 1250.50 "" "" 0',
        '#TRANS 3001 {} -1250.50 "" "" 0',
        "}",
    ]


def test_a_stated_balance_that_disagrees_still_disagrees(simulator: Simulator) -> None:
    content = SMALL.replace("#UB 0 1930 2250.50", "#UB 0 1930 1").encode("cp437")
    simulator.add(books.from_sie(content, 78))
    assert b"#UB 0 1930 1 0" in Api(simulator, 78).get("sie/4").content


@pytest.mark.parametrize(("kind", "labels"), [(1, "IB UB RES"), (2, "IB UB RES PSALDO"), (3, "IB UB RES PSALDO")])
def test_the_smaller_types_have_balances_and_no_vouchers(nordvik_api: Api, kind: int, labels: str) -> None:
    records = read(nordvik_api.get(f"sie/{kind}").content)
    assert [each.fields for each in records if each.label == "SIETYP"] == [(str(kind),)]
    assert {each.label for each in records if each.label in BALANCES or each.label in ("VER", "TRANS")} == set(
        labels.split()
    )
    assert any(each.label == "DIM" for each in records) == (kind == 3)


def test_the_demo_adds_up_in_every_year(nordvik_api: Api) -> None:
    for year in (1, 2, 3):
        records = read(nordvik_api.get("sie/4", financialyear=year).content)
        stated = balances(records)
        added = {key[2]: amount for key, amount in stated.items() if key[:2] == ("IB", "0")}
        for label, account, amount, _, _ in rows(records):
            assert label == "TRANS"
            added[account] = added.get(account, 0) + amount
        closing = {key[2]: amount for key, amount in stated.items() if key[0] in ("UB", "RES") and key[1] == "0"}
        assert closing == {account: amount for account, amount in added.items() if amount}


def test_the_year_before_is_written_with_its_balances(nordvik_api: Api) -> None:
    before = balances(read(nordvik_api.get("sie/1", financialyear=3).content))
    after = balances(read(nordvik_api.get("sie/1", financialyear=1).content))
    assert {key: amount for key, amount in after.items() if key[1] == "-1"} == {
        (key[0], "-1", *key[2:]): amount for key, amount in before.items()
    }


def test_days_and_series_cut_the_answer(nordvik_api: Api) -> None:
    cut = read(nordvik_api.get("sie/4", fromdate="2025-03-01", todate="2025-03-31").content)
    assert {each.get(2)[:6] for each in cut if each.label == "VER"} == {"202503"}
    assert next(each.get(0) for each in cut if each.label == "OMFATTN") == "20250331"
    chosen = read(nordvik_api.get("sie/4", selection="A,2,4;B,7,7").content)
    assert [each.fields[:2] for each in chosen if each.label == "VER"] == [
        ("A", "2"),
        ("A", "3"),
        ("B", "7"),
        ("A", "4"),
    ]
    for wrong in ({"selection": "A,20"}, {"todate": "2024-03-31"}, {"exportall": "maybe"}, {"fromdate": "x"}):
        assert nordvik_api.get("sie/4", **wrong).status_code == 400


def test_both_spellings_of_the_year_work_and_an_unknown_one_is_404(nordvik_api: Api) -> None:
    assert nordvik_api.get("sie/4", financialYear=3).content == nordvik_api.get("sie/4", financialyear=3).content
    assert nordvik_api.get("sie/4", financialyear=42).status_code == 404
    assert nordvik_api.get("sie/5").status_code == 400


def test_three_vouchers_have_no_series_in_sie_and_one_in_the_api(nordvik_api: Api) -> None:
    records = read(nordvik_api.get("sie/4", financialyear=1).content)
    bare = [each.get(1) for each in records if each.label == "VER" and not each.get(0)]
    assert len(bare) == 3
    assert all(nordvik_api.get(f"vouchers/A/{number}", financialyear=1).status_code == 200 for number in bare)


def test_the_size_knob_pads_to_the_byte_with_lines_that_read(simulator: Simulator, api: Api) -> None:
    plain = api.get("sie/4").content
    for size in (len(plain) - 1, len(plain) + 5, len(plain) + 40, 300_000):
        simulator.knobs.sie_size = size
        padded = api.get("sie/4").content
        assert len(padded) == max(size, len(plain))
        assert vouchers(read(padded)) == vouchers(read(plain))


def test_the_unbalanced_knob_spoils_one_voucher_of_the_answer_alone(simulator: Simulator, api: Api) -> None:
    plain = rows(read(api.get("sie/4").content))
    simulator.knobs.sie_unbalanced = True
    spoilt = rows(read(api.get("sie/4").content))
    assert [(a[2], b[2]) for a, b in zip(plain, spoilt, strict=True) if a != b] == [(9900, 10000)]
    assert api.one("vouchers/B/1")["VoucherRows"][0]["Debit"] == 99


def test_the_truncated_knob_cuts_the_answer_short(simulator: Simulator, api: Api) -> None:
    plain = api.get("sie/4").content
    simulator.knobs.sie_truncated = True
    assert plain.startswith(api.get("sie/4").content)
    assert len(api.get("sie/4").content) == len(plain) * 2 // 3


def test_the_export_day_follows_the_clock(api: Api, clock: Clock) -> None:
    clock.now -= 24 * 3600
    assert b"#GEN 20261119" in api.http.get("sie/4").content


def test_a_file_without_a_year_zero_is_no_company() -> None:
    with pytest.raises(ValueError, match="no #RAR 0"):
        books.from_sie(b"#FLAGGA 0\r\n")


def test_what_had_to_be_made_up_is_noted() -> None:
    lines = ["#RAR 0 20250101 20251231", '#ADRESS "" "" "Utan postnummer" ""', '#VER "" "X" 20250101 "?"', "{", "}"]
    company: Company = books.from_sie("\n".join(lines).encode())
    assert [note.split(":")[0] for note in company.notes] == [
        "organisation number 559903-6323 was made up",
        "vouchers without a series stand in series A in the API, and without in SIE",
    ]
    assert (company.city, company.name) == ("Utan postnummer", "Namnlöst bolag")
    assert company.years[0].vouchers[0].number == 1
    assert company.years[0].vouchers[0].sie_number == "X"


def test_utf8_files_are_read_as_such() -> None:
    company = books.from_sie(SMALL.encode("utf-8"))
    assert company.name == "Åäö Snickeri AB"


def test_a_number_used_twice_stays_in_sie_and_is_a_voucher_of_its_own_in_the_api(simulator: Simulator) -> None:
    content = SMALL.replace('#VER B 2 20250508 "Tom"', '#VER B 1 20250508 "Tom"').encode("cp437")
    company = simulator.add(books.from_sie(content, 79))
    api = Api(simulator, 79)
    assert [each[1] for each in vouchers(read(api.get("sie/4").content))] == ["1", "1", "1"]
    assert api.one("vouchers/B/2")["Description"] == "Tom"
    assert [note for note in company.notes if "used before" in note]


def test_what_the_file_declares_is_written_back(simulator: Simulator) -> None:
    more = '#FTYP AB\n#KTYP 1510 T\n#ENHET 1510 "st"\n#SRU 4711 1\n#UNDERDIM 21 "Under" 1\n#OBJEKT 7 "A" "Ada"\n'
    more += (
        '#OUB 0 1510 {1 "VERK"} 99 2\n#PBUDGET 0 202501 3001 {} -5\n#VER C 1 20250101 "x" 20250102 "Eva \\"E\\" E"\n{\n'
    )
    more += '#TRANS 1510 {1 "VERK" 6 "P 1"} 0 20250101 "" 0 "EE"\n}\n'
    company = books.from_sie((SMALL + more).encode("cp437"), 80)
    simulator.add(company)
    served = Api(simulator, 80).get("sie/4").content.decode("cp437")
    for line in (
        "#FTYP AB",
        "#KTYP 1510 T",
        '#ENHET 1510 "st"',
        '#UNDERDIM 21 "Under" 1',
        '#DIM 7 "Dimension 7"',
        '#OUB 0 1510 {1 "VERK"} 99 2',
        "#PBUDGET 0 202501 3001 {} -5 0",
        '#VER C 1 20250101 "x" 20250102 "Eva \\"E\\" E"',
        '#TRANS 1510 {1 "VERK" 6 "P 1"} 0 20250101 "" 0 "EE"',
    ):
        assert line in served.split("\r\n")


@pytest.mark.parametrize("wrong", ["", "1,5", "x", None, True, 1.5])
def test_what_is_no_amount_is_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        money.ore(wrong)


def test_floats_never_go_into_json() -> None:
    with pytest.raises(TypeError):
        wire.dump({"Amount": 1.5})
