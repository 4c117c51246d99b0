"""Two exports of the same company and year: which vouchers, opening balances and account names differ."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from bridge.ledger import orgnumber
from bridge.ledger.differences import Change, Matching, changed
from bridge.sie.document import Document
from bridge.sie.limits import DEFAULT, Limits
from bridge.sie.reader import read

Source = Callable[[], Iterable[bytes]]
"""Begins to read a file, each time anew: the first one is read twice when vouchers have changed or vanished."""


class Mismatch(StrEnum):
    """Why two files cannot be compared."""

    COMPANY = "other-company"
    YEAR = "other-year"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two files differ in. Opening balances in öre and names, by account, before and after.

    Files of different companies or years have a `mismatch` and nothing else.
    """

    before: Document
    after: Document
    matching: Matching
    mismatch: Mismatch | None = None
    openings: tuple[tuple[str, int, int], ...] = ()
    names: tuple[tuple[str, str, str], ...] = ()

    @property
    def is_equal(self) -> bool:
        """Tell whether the books are the same."""
        return not (self.mismatch or self.matching.differs or self.openings or self.names)

    def vouchers(self) -> Iterator[Change]:
        """Give the vouchers that differ, by series and number; of files that cannot be compared, none."""
        return iter(()) if self.mismatch else self.matching.changes()


def compare(before: Source, after: Source, *, limits: Limits = DEFAULT) -> Comparison:
    """Compare an export with a later one. Raises Refused("file-too-large"), nothing else.

    Memory grows with the number of vouchers, some hundred bytes for each, and with the rows of those that differ.
    """
    matching = Matching()
    old = read(before(), matching.keep, limits=limits, controls=True)
    new = read(after(), matching.meet, limits=limits, controls=True)
    mismatch = _mismatch(old, new)
    if mismatch:
        return Comparison(old, new, matching, mismatch)
    if matching.is_short:
        read(before(), matching.recall, limits=limits)
    openings = changed(old.balances.of("#IB", 0), new.balances.of("#IB", 0), 0)
    return Comparison(old, new, matching, None, tuple(openings), tuple(_names(old, new)))


def _mismatch(old: Document, new: Document) -> Mismatch | None:
    """Compare company and year where both files say them."""
    one, other = old.header.org_number, new.header.org_number
    if one and other and one != other and not orgnumber.same_company(one, other):
        return Mismatch.COMPANY
    years = {document.years[0] for document in (old, new) if 0 in document.years}
    return Mismatch.YEAR if len(years) > 1 else None


def _names(old: Document, new: Document) -> list[tuple[str, str, str]]:
    """Compare the names of accounts that both files declare."""
    shared = old.accounts.keys() & new.accounts.keys()
    before, after = ({number: document.accounts[number].name for number in shared} for document in (old, new))
    return changed(before, after, "")
