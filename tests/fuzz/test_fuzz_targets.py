"""The fuzz targets must fail: what they compare is given to them wrong, each time in one way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bridge.ledger.columns import Part
from bridge.ledger.year import YearLedger
from bridge.sie import CheckReport, Limits, check, parse
from tests.fuzz import targets
from tests.fuzz.seeds import OWN

BLANK = (b" " * 1023 + b"\n") * 257
"""As much as the reader takes before it hands a part over."""

BOOKS = BLANK.join(
    [
        (OWN / "everything.se").read_bytes(),
        b"#VER B 1 20250201 Wrong\n{\n#TRANS 1930 {} 10.00\n#TRANS 3001 {} -9.00\n}\n",
        b"#VER B 2 20250202 Right\n{\n#TRANS 1930 {} 7.00\n#TRANS 3001 {} -7.00\n}\n",
    ]
)


class Forgetful(YearLedger):
    """A ledger that loses one part of the year."""

    def __init__(self, lost: int) -> None:
        super().__init__()
        self.seen = 0
        self._lost = lost

    def add(self, part: Part) -> None:
        self.seen += 1
        if self.seen - 1 != self._lost:
            super().add(part)


@pytest.fixture
def parts() -> list[Part]:
    """What `checked` read, a voucher in each."""
    return []


@pytest.fixture
def checked(parts: list[Part]) -> CheckReport:
    return check([BOOKS], sink=parts.append, limits=Limits(part_rows=1))


def with_ledger(checked: CheckReport, parts: list[Part], lost: int) -> CheckReport:
    ledger = Forgetful(lost)
    ledger.stated = checked.ledger.stated
    for part in parts:
        ledger.add(part)
    return replace(checked, ledger=ledger)


def test_sums_agree_only_with_a_ledger_that_has_every_part(checked: CheckReport, parts: list[Part]) -> None:
    assert len(parts) == 3
    targets._assert_sums(with_ledger(checked, parts, lost=-1), parts)
    for lost in range(len(parts)):
        with pytest.raises(AssertionError):
            targets._assert_sums(with_ledger(checked, parts, lost), parts)


def test_sums_need_every_finding_of_an_unbalanced_voucher(checked: CheckReport, parts: list[Part]) -> None:
    silent = tuple(each for each in checked.findings if each.code != "voucher-unbalanced")
    assert len(silent) < len(checked.findings)
    with pytest.raises(AssertionError):
        targets._assert_sums(replace(checked, findings=silent), parts)


def test_a_finding_must_lie_within_the_file(checked: CheckReport) -> None:
    lines = checked.document.counts.lines
    targets._assert_told(checked.findings, lines)
    with pytest.raises(AssertionError):
        targets._assert_told(checked.findings, 1)


def _amount(part: Part) -> None:
    part.transactions.amount[0] += 1


def _account(part: Part) -> None:
    part.transactions.account[0] = len(part.accounts)


def _row(part: Part) -> None:
    part.transactions.voucher[0] += 1


def _day(part: Part) -> None:
    part.vouchers.date.pop()


@pytest.mark.parametrize("spoil", [_amount, _account, _row, _day])
def test_a_part_must_be_whole(checked: CheckReport, parts: list[Part], spoil: Callable[[Part], None]) -> None:
    assert checked.ledger.vouchers == len(parts) == 3
    targets._assert_whole(parts[0])
    spoil(parts[0])
    with pytest.raises((AssertionError, IndexError)):
        targets._assert_whole(parts[0])


def test_both_paths_must_read_the_same_books() -> None:
    document, parts = parse(BOOKS)
    targets._assert_careful_path_agrees(BOOKS, document, parts)
    with pytest.raises(AssertionError):
        targets._assert_careful_path_agrees(BOOKS, document, parts[1:])
    _amount(parts[0])
    with pytest.raises(AssertionError):
        targets._assert_careful_path_agrees(BOOKS, document, parts)
