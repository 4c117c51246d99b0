"""What goes wrong between ledger and subledger: planted in a company's books, and remembered day by day."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import ClassVar

from infra.local.fortnox.ledgers import PAYABLE, RECEIVABLE, Ledgers
from infra.local.fortnox.model import Company, Row, Voucher, Year
from infra.local.fortnox.sides import Document, Purchases, Sales, Terms
from infra.local.fortnox.subledger import Customer, Event, Invoice, Line, Link, Payment, Supplier, SupplierInvoice
from infra.local.fortnox.trade import plus

NEVER = "9999-12-31"
_ROUNDING = 50


@dataclass(frozen=True, slots=True)
class Trouble:
    """Ledger minus subledger on the days from `first` until the day before `until`: öre, debit positive."""

    cause: str
    account: str
    document: str
    amount: int
    first: str
    until: str = NEVER


@dataclass(frozen=True, slots=True)
class _Booked:
    """A document or payment and the voucher it was booked with; `invoiced` is its invoice's day."""

    account: str
    document: Document
    payment: Payment | None
    link: Link

    @property
    def day(self) -> str:
        """The day the subledger has it on."""
        return self.payment.day if self.payment else self.document.day


class Troubles:
    """Plants troubles, each on a document of its own. The books must be carried forward afterwards."""

    def __init__(self, company: Company, chance: Random) -> None:
        self.company, self.chance = company, chance
        self.made: list[Trouble] = []
        self._ledgers = Ledgers(company)
        self._paid = {
            RECEIVABLE: {each.invoice for each in company.payments.values()},
            PAYABLE: {each.invoice for each in company.supplier_payments.values()},
        }
        self._left = [each for each in _booked(company) if each.document.total]
        chance.shuffle(self._left)

    def plant(self, each: int) -> None:
        """Plant so many of every kind on both accounts, as far as the company has documents for it."""
        for account in (RECEIVABLE, PAYABLE):
            for kind in self._kinds:
                for _ in range(each):
                    kind(self, account)

    def active(self, account: str, day: str) -> dict[tuple[str, str], int]:
        """Say by cause and document what ledger minus subledger comes to at the end of a day."""
        found: dict[tuple[str, str], int] = {}
        for each in self.made:
            if each.account == account and each.first <= day < each.until:
                key = each.cause, each.document
                found[key] = found.get(key, 0) + each.amount
        return {key: amount for key, amount in found.items() if amount}

    def _direct(self, account: str) -> None:
        """Post a manual voucher on the account."""
        first, last = self.company.years[0].first, self.company.years[-1].last
        day, amount = plus(first, self.chance.randint(0, 700)), self.chance.randint(1, 99_999)
        assert day <= last
        self._ledgers.post("A", day, "Direkt på kontot", [Row(account, amount), Row("3001", -amount)])
        self.made.append(Trouble("direct-posting", account, "", amount, day))

    def _changed(self, account: str) -> None:
        """Let the bank voucher of a payment have another amount."""
        self._missing_by(account, "changed-voucher", lambda each: each.payment is not None, (_ROUNDING + 1, 90_000))

    def _rounded(self, account: str) -> None:
        """Let a voucher miss its document by some öre."""
        self._missing_by(account, "rounding", lambda _: True, (1, _ROUNDING))

    def _missing_by(self, account: str, cause: str, suits: Callable[[_Booked], bool], between: tuple[int, int]) -> None:
        for booked in self._take(account, lambda each: each.document.currency == "SEK" and suits(each)):
            off = self.chance.choice((-1, 1)) * self.chance.randint(*between)
            self._alter(booked, cause, off)

    def _other_rate(self, account: str) -> None:
        """Post a foreign payment at its own day's rate, or a foreign invoice at a rate some percent off."""
        for booked in self._take(account, lambda each: each.document.currency != "SEK" and self._exchanged(each) != 0):
            self._alter(booked, "currency", self._exchanged(booked))

    def _exchanged(self, booked: _Booked) -> int:
        _, voucher = self._voucher(booked.link)
        if booked.payment is None:
            posted = _posted(voucher, booked.account)
            return posted // 20 if abs(posted // 20) > _ROUNDING else 0
        return sum(row.amount for row in voucher.rows if row.account in ("3960", "7960"))

    def _alter(self, booked: _Booked, cause: str, off: int) -> None:
        """Move öre between the row on the control account and the voucher's other rows, the last one first."""
        year, voucher = self._voucher(booked.link)
        rows = list(voucher.rows)
        place = next(place for place, row in enumerate(rows) if row.account == booked.account)
        other = len(rows) - 1 if place != len(rows) - 1 else 0
        rows[place] = replace(rows[place], amount=rows[place].amount + off)
        rows[other] = replace(rows[other], amount=rows[other].amount - off)
        year.vouchers[year.vouchers.index(voucher)] = replace(voucher, rows=tuple(rows))
        self.made.append(Trouble(cause, booked.account, booked.document.number, off, voucher.day))

    def _later(self, account: str) -> None:
        """Book a document in a later month than its own."""
        self._move(account, lambda each: plus(each.day, self.chance.randint(20, 70)), lambda _: True)

    def _sooner(self, account: str) -> None:
        """Book a document in an earlier month than its own."""
        self._move(account, lambda each: plus(each.day, -self.chance.randint(20, 70)), lambda _: True)

    def _when_invoiced(self, account: str) -> None:
        """Book a payment from before the invoice's date on that date, as the ledger list does."""
        self._move(account, lambda each: each.document.day, lambda each: each.day < each.document.day)

    def _move(self, account: str, to: Callable[[_Booked], str], suits: Callable[[_Booked], bool]) -> None:
        first, last = self.company.years[0].first, self.company.years[-1].last
        for booked in self._take(account, suits):
            year, voucher = self._voucher(booked.link)
            day, amount = min(max(to(booked), first), last), _posted(voucher, account)
            year.vouchers.remove(voucher)
            link = self._ledgers.post(voucher.series, day, voucher.text, voucher.rows, voucher.kind, voucher.reference)
            _relink(booked, link)
            early = booked.payment is not None and min(day, booked.day) < booked.document.day
            cause = "early-payment" if early else "different-period"
            sign, (start, end) = (-1 if day > booked.day else 1), sorted((day, booked.day))
            self.made.append(Trouble(cause, account, booked.document.number, sign * amount, start, end))

    def _unbooked(self, account: str) -> None:
        """Take the voucher of a booked document or payment away."""
        for booked in self._take(account, lambda _: True):
            year, voucher = self._voucher(booked.link)
            year.vouchers.remove(voucher)
            _relink(booked, None)
            amount = -_posted(voucher, account)
            self.made.append(Trouble("unbooked", account, booked.document.number, amount, booked.day))

    def _without_document(self, account: str) -> None:
        """Delete an invoice nothing was paid of, and leave its voucher."""
        for booked in self._take(account, self._alone):
            _, voucher = self._voucher(booked.link)
            number = booked.document.number
            documents = self.company.invoices if account == RECEIVABLE else self.company.supplier_invoices
            del documents[number]
            kept = [each for each in self.company.events if (each.account, each.document) != (account, number)]
            self.company.events[:] = kept
            self.made.append(Trouble("missing-document", account, "", _posted(voucher, account), voucher.day))

    def _alone(self, booked: _Booked) -> bool:
        document = booked.document
        credited = document.credited_by != "0" if isinstance(document, Invoice) else document.credit_reference
        return not (booked.payment or document.credit or credited or document.number in self._paid[booked.account])

    def _untraced(self, account: str) -> None:
        """Let a part of an invoice to a party of its own be settled with nothing to show for it."""
        party, day, part = "9", plus(self.company.years[0].first, self.chance.randint(0, 700)), 12_345
        self.company.customers[party] = Customer(party, "Kund 9")
        self.company.suppliers[party] = Supplier(party, "Leverantör 9")
        side = Sales(self._ledgers) if account == RECEIVABLE else Purchases(self._ledgers)
        document = side.create(Terms(party, day, plus(day, 30)), [Line(side.account("SEK"), "Arbete", 100_000)], 25_000)
        side.book(document)
        document.balance -= part
        self.company.events.append(Event(day, account, document.number, -part))
        sign = 1 if account == RECEIVABLE else -1
        self.made.append(Trouble("untraced-settlement", account, document.number, sign * part, day))

    def _before_the_first(self, account: str) -> None:
        """Open the first year with a balance that no document explains."""
        year, amount = self.company.years[0], self.chance.randint(1, 500_000)
        for number, opened in ((account, amount), ("2091", -amount)):
            year.opening[number] = year.opening.get(number, 0) + opened
        self.made.append(Trouble("missing-history", account, "", amount, year.first))

    def _take(self, account: str, suits: Callable[[_Booked], bool]) -> Iterator[_Booked]:
        """Take a document that suits and that nothing was done to, if there is one."""
        used = {each.document for each in self.made if each.account == account}
        found = next(
            (
                each
                for each in self._left
                if each.account == account and each.document.number not in used and suits(each)
            ),
            None,
        )
        if found is not None:
            self._left.remove(found)
            yield found

    _kinds: ClassVar[tuple[Callable[[Troubles, str], None], ...]] = (
        _direct,
        _changed,
        _rounded,
        _other_rate,
        _later,
        _sooner,
        _when_invoiced,
        _unbooked,
        _untraced,
        _without_document,
        _before_the_first,
    )

    def _voucher(self, link: Link) -> tuple[Year, Voucher]:
        year = self.company.year(link.year)
        voucher = year.voucher(link.series, link.number) if year else None
        assert year is not None
        assert voucher is not None, f"no voucher {link}"
        return year, voucher


def _booked(company: Company) -> Iterator[_Booked]:
    for invoice in company.invoices.values():
        if invoice.voucher:
            yield _Booked(RECEIVABLE, invoice, None, invoice.voucher)
    for supplied in company.supplier_invoices.values():
        yield from (
            _Booked(PAYABLE, supplied, None, link) for link in supplied.vouchers if link.kind == "SUPPLIERINVOICE"
        )
    for payment in company.payments.values():
        if payment.voucher:
            yield _Booked(RECEIVABLE, company.invoices[payment.invoice], payment, payment.voucher)
    for payment in company.supplier_payments.values():
        if payment.voucher:
            yield _Booked(PAYABLE, company.supplier_invoices[payment.invoice], payment, payment.voucher)


def _relink(booked: _Booked, link: Link | None) -> None:
    """Let document and payment know the voucher that is theirs now."""
    if booked.payment:
        booked.payment.voucher = link
    elif not isinstance(booked.document, SupplierInvoice):
        booked.document.voucher = link
    if isinstance(booked.document, SupplierInvoice):
        links = [each for each in booked.document.vouchers if each != booked.link]
        booked.document.vouchers = links + ([link] if link else [])


def _posted(voucher: Voucher, account: str) -> int:
    return sum(row.amount for row in voucher.booked if row.account == account)
