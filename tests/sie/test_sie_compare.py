from collections.abc import Callable

import pytest

from bridge.problem import Refused
from bridge.sie import Limits
from bridge.sie.compare import Comparison, Mismatch, compare
from bridge.sie.limits import DEFAULT

Build = Callable[..., bytes]

HEADER = (
    "#FLAGGA 0",
    "#SIETYP 4",
    '#FNAMN "Exempel AB"',
    "#ORGNR 556036-0793",
    "#RAR 0 20250101 20251231",
    '#KONTO 1930 "Bank"',
    '#KONTO 3001 "Sales"',
    "#IB 0 1930 100.00",
)
VOUCHER = ('#VER A 1 20250115 "Sale"', "{", "#TRANS 1930 {} 125.00", "#TRANS 3001 {} -125.00", "}")


def compared(before: bytes, after: bytes, limits: Limits = DEFAULT) -> Comparison:
    return compare(lambda: [before], lambda: [after], limits=limits)


def test_a_file_is_equal_to_itself(sie_bytes: Build) -> None:
    data = sie_bytes(*VOUCHER, header=HEADER)

    assert compared(data, data).is_equal


def test_vouchers_openings_and_names_that_differ_are_told(sie_bytes: Build) -> None:
    before = sie_bytes(*VOUCHER, header=HEADER)
    after = sie_bytes(
        *(line.replace("125.00", "130.00") for line in VOUCHER),
        header=tuple(line.replace("100.00", "90.00").replace("Bank", "Bankkonto") for line in HEADER),
    )
    found = compared(before, after)

    assert [(each.kind, each.voucher.name) for each in found.vouchers()] == [("changed", "A 1")]
    assert found.openings == (("1930", 10000, 9000),)
    assert found.names == (("1930", "Bank", "Bankkonto"),)
    assert not found.is_equal


def test_an_account_that_only_one_file_declares_is_no_difference(sie_bytes: Build) -> None:
    more = (*HEADER, '#KONTO 9999 "New"')

    assert compared(sie_bytes(*VOUCHER, header=HEADER), sie_bytes(*VOUCHER, header=more)).is_equal


@pytest.mark.parametrize(
    ("written", "mismatch"),
    [
        ("#ORGNR 556677-8899", Mismatch.COMPANY),
        ("#ORGNR 5560360793", None),
        ("#ORGNR 165560360793", None),
        ("#ORGNR nonsense", Mismatch.COMPANY),
        ("#PROSA x", None),
    ],
)
def test_files_of_different_companies_are_not_compared(
    sie_bytes: Build, written: str, mismatch: Mismatch | None
) -> None:
    other = tuple(written if line.startswith("#ORGNR") else line for line in HEADER)

    one, another = sie_bytes(*VOUCHER, header=HEADER), sie_bytes(*VOUCHER, header=other)

    assert compared(one, another).mismatch is mismatch
    assert compared(another, one).mismatch is mismatch


def test_an_org_number_that_is_none_is_the_same_when_it_is_written_the_same(sie_bytes: Build) -> None:
    data = sie_bytes(*VOUCHER, header=("#FLAGGA 0", "#ORGNR nonsense"))

    assert compared(data, data).is_equal


@pytest.mark.parametrize(("written", "mismatch"), [("#RAR 0 20240101 20241231", Mismatch.YEAR), ("#PROSA x", None)])
def test_files_of_different_years_are_not_compared(sie_bytes: Build, written: str, mismatch: Mismatch | None) -> None:
    other = tuple(written if line.startswith("#RAR") else line for line in HEADER)
    found = compared(sie_bytes(*VOUCHER, header=HEADER), sie_bytes(header=other))

    assert found.mismatch is mismatch
    assert not found.is_equal
    assert len(list(found.vouchers())) == (0 if mismatch else 1)


def test_the_codes_of_a_mismatch_do_not_change() -> None:
    assert [str(each) for each in Mismatch] == ["other-company", "other-year"]


@pytest.mark.parametrize(
    ("change", "openings", "names"),
    [
        (("#IB 0 1930 100.00", "#IB 0 1930 90.00"), (("1930", 10000, 9000),), ()),
        (("#IB 0 1930 100.00", "#PROSA x"), (("1930", 10000, 0),), ()),
        (('#KONTO 1930 "Bank"', '#KONTO 1930 "Cash"'), (), (("1930", "Bank", "Cash"),)),
        (('#KONTO 1930 "Bank"', '#KONTO 1930 ""'), (), (("1930", "Bank", ""),)),
    ],
)
def test_each_difference_alone_is_a_difference(
    sie_bytes: Build, change: tuple[str, str], openings: tuple[object, ...], names: tuple[object, ...]
) -> None:
    other = tuple(change[1] if line == change[0] else line for line in HEADER)
    found = compared(sie_bytes(*VOUCHER, header=HEADER), sie_bytes(*VOUCHER, header=other))

    assert (found.openings, found.names, found.is_equal) == (openings, names, False)


def test_every_reading_keeps_to_the_limits(sie_bytes: Build) -> None:
    data = sie_bytes(*VOUCHER, header=HEADER)
    limits = Limits(size=len(data))
    longer, shorter = data + b"\n", sie_bytes(header=HEADER)

    assert compared(data, data, limits).is_equal
    for before, after in ((longer, data), (longer, shorter), (data, longer)):
        with pytest.raises(Refused, match="file-too-large"):
            compared(before, after, limits)


def test_a_voucher_that_has_vanished_is_found_again_within_the_limits(sie_bytes: Build) -> None:
    found = compared(sie_bytes(*VOUCHER, header=HEADER), sie_bytes(header=HEADER), Limits(pool=1))

    assert [(each.kind, each.voucher.name, len(each.voucher.rows)) for each in found.vouchers()] == [
        ("vanished", "A 1", 1)
    ]


def test_errors_of_both_files_are_found_on_the_way(sie_bytes: Build) -> None:
    right, wrong = sie_bytes(*VOUCHER, header=HEADER), sie_bytes(*VOUCHER[:3], "}", header=HEADER)

    for before, after in ((right, wrong), (wrong, right)):
        found = compared(before, after)
        for data, document in ((before, found.before), (after, found.after)):
            assert ("voucher-unbalanced" in {each.code for each in document.errors}) is (data == wrong)
