"""Tracing: which voucher has which invoice or payment, and what is left where the two do not say the same.

A voucher meets its document by what Fortnox says it was made from (ReferenceType, ReferenceNumber), else by the vouchers
the invoice itself names. Where Fortnox says nothing, as of a ledger from a SIE file, the same day and amount are enough;
what then has met nothing has no cause that the data show, and is left unexplained.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from bridge.appendices.causes import Cause, Explanation
from bridge.appendices.control import ControlYear, Posting
from bridge.appendices.entries import Entry, Kind
from bridge.appendices.subledger import Side, VoucherKey, VoucherOrigin

TYPES: Mapping[Side, Mapping[str, Kind]] = {
    Side.RECEIVABLE: {"INVOICE": Kind.INVOICE, "CASHINVOICE": Kind.INVOICE, "INVOICEPAYMENT": Kind.PAYMENT},
    Side.PAYABLE: {
        "SUPPLIERINVOICE": Kind.INVOICE,
        "SUPPLIERPAYMENT": Kind.PAYMENT,
        "SUPPLIERINVOICEPAYMENT": Kind.PAYMENT,
    },
}
"""Fortnox's reference types of the vouchers that a subledger makes itself; every other voucher is a direct posting."""

ROUNDING = 50
"""Öre that rounding to whole kronor moves at most."""

RATE_SHARE = 10
"""A foreign posting that misses by less than a tenth of its amount has another rate, by more another amount."""


@dataclass(frozen=True, slots=True)
class Voucher:
    """A voucher with what it comes to on the control account; `key` is None in a year that Fortnox does not have."""

    key: VoucherKey | None
    series: str
    number: int
    booked: date
    year: str
    text: str
    amount: int


@dataclass(frozen=True, slots=True)
class Traced:
    """The whole join: each entry with its vouchers (of an offset none), and the vouchers of no document.

    `told` are the Fortnox ids of the years whose vouchers' origins were read. `orphans` were made from a document that is
    gone, `direct` from none: also what such a year's list of vouchers does not have.
    """

    entries: tuple[tuple[Entry, tuple[Voucher, ...]], ...]
    orphans: tuple[Voucher, ...]
    direct: tuple[Voucher, ...]
    years: tuple[ControlYear, ...]
    told: frozenset[int]

    def brought(self, first: date) -> int:
        """Add up what documents from before a day, all of whose vouchers lie before it too, say the account then held."""
        return sum(entry.amount for entry, vouchers in self.entries if entry.day < first and not vouchers)

    def explain(self, first: date, day: date) -> Iterator[Explanation]:
        """Tell, entry by entry and voucher by voucher, why the movements from `first` to the end of `day` differ."""
        for entry, vouchers in self.entries:
            if vouchers:
                yield from _compared(entry, vouchers, day)
            elif first <= entry.day <= day and entry.kind is not Kind.OFFSET:
                yield from self._without_voucher(entry)
        yield from self._offsets(first, day)
        for cause, group in ((Cause.MISSING_DOCUMENT, self.orphans), (Cause.DIRECT, self.direct)):
            yield from (_explanation(cause, each.amount, each) for each in group if each.booked <= day)

    def _without_voucher(self, entry: Entry) -> Iterator[Explanation]:
        """Explain a document without a voucher: one whose voucher is in a year that was not read is of another period."""
        year = self._year(entry.day)
        known = {each.fortnox_id for each in self.years}
        away = [key for key in entry.vouchers if key.year_id not in known]
        if away and year.fortnox_id is not None:
            yield _of_document(Cause.DIFFERENT_PERIOD, -entry.amount, entry, year.name, away[0])
        elif year.fortnox_id in self.told:
            yield _of_document(Cause.UNBOOKED, -entry.amount, entry, year.name)

    def _offsets(self, first: date, day: date) -> Iterator[Explanation]:
        """Explain offsets: the two halves of one take out each other unless their rates differ; half of one is untraced."""
        pairs: dict[tuple[str, ...], list[Entry]] = defaultdict(list)
        for entry, _ in self.entries:
            if entry.kind is Kind.OFFSET and first <= entry.day <= day:
                pairs[tuple(sorted((entry.invoice, entry.reference)))].append(entry)
        for halves in pairs.values():
            amount, entry = -sum(each.amount for each in halves), halves[0]
            if not entry.reference:
                cause = Cause.UNTRACED
            else:
                cause = Cause.ROUNDING if abs(amount) <= ROUNDING else Cause.CURRENCY
            yield _of_document(cause, amount, entry, self._year(entry.day).name)

    def _year(self, day: date) -> ControlYear:
        return next(year for year in self.years if day <= year.last)


def trace(side: Side, years: Sequence[ControlYear], made: Iterable[Entry], origins: Iterable[VoucherOrigin]) -> Traced:
    """Join the entries of a side with the vouchers of the years, oldest year first."""
    join = _Join(side, years, tuple(made), {origin.voucher: origin for origin in origins})
    vouchers = [voucher for year in years for voucher in _vouchers(year)]
    join.by_reference(vouchers)
    join.by_amount()
    told = frozenset(key.year_id for key in join.origins)
    return Traced(
        tuple(zip(join.entries, map(tuple, join.found), strict=True)),
        tuple(join.orphans),
        tuple(each for each in join.direct if each.key and each.key.year_id in told),
        tuple(years),
        told,
    )


@dataclass(slots=True)
class _Join:
    """Entries and vouchers while they meet: `found` has the vouchers of each entry, in the entries' order."""

    side: Side
    years: Sequence[ControlYear]
    entries: tuple[Entry, ...]
    origins: Mapping[VoucherKey, VoucherOrigin]
    found: list[list[Voucher]] = field(default_factory=list)
    orphans: list[Voucher] = field(default_factory=list)
    direct: list[Voucher] = field(default_factory=list)

    def by_reference(self, vouchers: Sequence[Voucher]) -> None:
        """Let every voucher meet the entry that Fortnox names, also one that has nothing left on the control account."""
        documents = [(place, each) for place, each in enumerate(self.entries) if each.kind is not Kind.OFFSET]
        places = {(each.kind, each.reference): place for place, each in documents}
        named = {key: place for place, each in documents for key in each.vouchers}
        self.found = [[] for _ in self.entries]
        for voucher in (*vouchers, *self._moved_away(vouchers)):
            kind, reference = self._origin(voucher)
            place = places.get((kind, reference)) if kind else None
            if place is None and voucher.key and kind is not Kind.PAYMENT:
                place = named.get(voucher.key)
            (self.found[place] if place is not None else self.orphans if kind else self.direct).append(voucher)

    def by_amount(self) -> None:
        """Let vouchers that Fortnox cannot place meet entries without a voucher, of the same day and amount."""
        waiting: dict[tuple[date, int], list[int]] = defaultdict(list)
        for place, entry in enumerate(self.entries):
            if not self.found[place] and entry.kind is not Kind.OFFSET:
                waiting[entry.day, entry.amount].append(place)
        self.orphans = [each for each in self.orphans if not self._met(each, waiting)]
        self.direct = [each for each in self.direct if each.key in self.origins or not self._met(each, waiting)]

    def _met(self, voucher: Voucher, waiting: Mapping[tuple[date, int], list[int]]) -> bool:
        places = waiting.get((voucher.booked, voucher.amount))
        if not places:
            return False
        self.found[places.pop(0)].append(voucher)
        return True

    def _moved_away(self, vouchers: Iterable[Voucher]) -> Iterator[Voucher]:
        """Give the vouchers the subledger made that have no row on the control account."""
        seen = {voucher.key for voucher in vouchers}
        names = {year.fortnox_id: year.name for year in self.years}
        for key, origin in self.origins.items():
            if key not in seen and key.year_id in names and origin.reference_type in TYPES[self.side]:
                yield Voucher(key, key.series, key.number, origin.booked, names[key.year_id], origin.text, 0)

    def _origin(self, voucher: Voucher) -> tuple[Kind | None, str]:
        """Say what kind of document the voucher was made from, None for no document of this side, and its number."""
        origin = self.origins.get(voucher.key) if voucher.key else None
        return (TYPES[self.side].get(origin.reference_type), origin.reference) if origin else (None, "")


def _vouchers(year: ControlYear) -> Iterator[Voucher]:
    """Add up each voucher's rows. The date tells apart two vouchers that a SIE file gave the same number."""
    rows: dict[tuple[date, str, int], list[Posting]] = defaultdict(list)
    for each in year.postings:
        if each.booked <= year.last:
            rows[each.booked, each.series, each.number].append(each)
    for (booked, series, number), group in sorted(rows.items()):
        key = None if year.fortnox_id is None else VoucherKey(series, number, year.fortnox_id)
        amount = sum(row.amount for row in group)
        yield Voucher(key, series, number, booked, year.name, group[0].text, amount)


def _compared(entry: Entry, vouchers: Sequence[Voucher], day: date) -> Iterator[Explanation]:
    """Compare a document with its vouchers at the end of a day: first when the two are booked, then what they come to."""
    inside = [each for each in vouchers if each.booked <= day]
    off = sum(each.amount for each in vouchers) - entry.amount if inside else 0
    difference = sum(each.amount for each in inside) - (entry.amount if entry.day <= day else 0)
    if off:
        yield _explanation(_amount_cause(entry, off), off, inside[-1], entry)
    if difference != off:
        moved = next((each for each in vouchers if (each.booked <= day) != (entry.day <= day)), vouchers[-1])
        yield _explanation(_period_cause(entry, moved.booked), difference - off, moved, entry)


def _amount_cause(entry: Entry, off: int) -> Cause:
    """Tell why a voucher misses its document by an amount, for good."""
    if entry.as_paid is not None and off == entry.as_paid - entry.amount:
        return Cause.CURRENCY
    if abs(off) <= ROUNDING:
        return Cause.ROUNDING
    of_rate = entry.foreign and abs(off) * RATE_SHARE < abs(entry.amount)
    return Cause.CURRENCY if of_rate else Cause.CHANGED


def _period_cause(entry: Entry, booked: date) -> Cause:
    early = entry.kind is Kind.PAYMENT and min(entry.day, booked) < entry.invoiced
    return Cause.EARLY_PAYMENT if early else Cause.DIFFERENT_PERIOD


def _explanation(cause: Cause, amount: int, voucher: Voucher, entry: Entry | None = None) -> Explanation:
    return Explanation(
        cause,
        amount,
        voucher.booked,
        voucher.year,
        voucher.series,
        voucher.number,
        voucher.text,
        document=entry.invoice if entry else "",
        reference=entry.reference if entry and entry.kind is Kind.PAYMENT else "",
        dated=entry.day if entry else None,
    )


def _of_document(cause: Cause, amount: int, entry: Entry, year: str, voucher: VoucherKey | None = None) -> Explanation:
    return Explanation(
        cause,
        amount,
        entry.day,
        year,
        voucher.series if voucher else "",
        voucher.number if voucher else None,
        document=entry.invoice,
        reference="" if entry.kind is Kind.INVOICE else entry.reference,
        dated=entry.day,
    )
