"""A company's business: invoices and payments of every kind, planned by chance and carried out in order of day."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import ClassVar

from infra.local.fortnox import money
from infra.local.fortnox.ledgers import Ledgers
from infra.local.fortnox.sides import Document, Side, Terms
from infra.local.fortnox.subledger import Invoice, Line, Payment, WriteOff

ENDINGS: Mapping[str, int] = {
    "on time": 50,
    "late": 22,
    "in parts": 8,
    "partly": 3,
    "never": 2,
    "credited": 3,
    "partly credited": 3,
    "refunded": 2,
    "written off": 3,
    "early": 2,
    "cancelled": 1,
    "unbooked": 1,
    "overpaid": 0,
}
"""How an invoice can end, and how often."""
_ROUNDING = "3740"
_TERMS = 30


class Trade:
    """Plans documents and payments, then lets them happen. Everything follows from `chance`."""

    def __init__(self, ledgers: Ledgers, chance: Random, endings: Mapping[str, int] = ENDINGS) -> None:
        self.ledgers, self.chance, self._usual = ledgers, chance, dict(endings)
        self._plan: list[tuple[str, int, Callable[[], object]]] = []
        self._planned = 0
        self._projects = list(ledgers.company.objects("6"))

    def at(self, day: str, action: Callable[[], object]) -> None:
        """Plan something for a day; what is planned first for a day happens first."""
        self._planned += 1
        heapq.heappush(self._plan, (day, self._planned, action))

    def run(self, last: str) -> None:
        """Let everything planned up to a day happen, also what is planned on the way. The rest never does."""
        while self._plan and self._plan[0][0] <= last:
            heapq.heappop(self._plan)[2]()

    def invoice(self, side: Side, party: str, day: str, net: int, ending: str = "", currency: str = "SEK") -> None:
        """Plan an invoice of a net amount and how it ends; without a word for that, chance decides."""
        ends = ending or self.chance.choices(list(self._usual), list(self._usual.values()))[0]
        if currency != "SEK" and ends in ("written off", "early"):
            ends = "on time"
        terms = Terms(party, day, plus(day, _TERMS), currency, self.rate(day) if currency != "SEK" else Decimal(1))
        if ends == "early":
            self.at(plus(day, -self.chance.randint(1, 35)), lambda: self._paid_early(side, terms, net))
        else:
            self.at(day, lambda: self._begin(side, terms, net, ends))

    def rate(self, day: str) -> Decimal:
        """Give the rate of the euro on a day: one for each month and day, with four decimals."""
        moves = int(day[5:7]) * 173 + int(day[8:]) * 31 + int(day[:4]) * 7
        return (Decimal(110000 + moves % 7000) / 10000).normalize()

    def _create(self, side: Side, terms: Terms, net: int, sign: int = 1) -> Document:
        account, project = side.account(terms.currency), ""
        if self._projects and self.chance.random() < 0.4:
            project = self.chance.choice(self._projects)
        first = net * self.chance.randint(3, 9) // 10
        lines = [
            Line(account, "Arbete", sign * first, project=project),
            Line(account, "Material", sign * (net - first)),
        ]
        vat = sign * (net // 4) if terms.currency == "SEK" else 0
        return side.create(terms, lines, vat)

    def _begin(self, side: Side, terms: Terms, net: int, ending: str) -> None:
        document = self._create(side, terms, net)
        if ending == "unbooked":
            return
        if ending == "cancelled":
            document.cancelled, document.balance = True, 0
            return
        side.book(document)
        if ending != "never":
            self._endings[ending](self, side, document)
        elif self.chance.random() < 0.5:
            day = plus(document.due, 3)
            self.at(day, lambda: side.enter(self._payment(document, day, document.total)))

    def _paid_early(self, side: Side, terms: Terms, net: int) -> None:
        document = self._create(side, terms, net)
        early = max(plus(terms.day, -self.chance.randint(1, 20)), self.ledgers.company.years[0].first)
        self._pay(side, document, min(early, terms.day), document.total)
        self.at(terms.day, lambda: side.book(document))

    def _pay(self, side: Side, document: Document, day: str, amount: int, written_off: int = 0) -> None:
        """Plan a payment, in öre of the invoice's currency, entered and booked on its day."""

        def happens() -> None:
            payment = self._payment(document, day, amount)
            if written_off:
                payment.write_offs = [WriteOff(_ROUNDING, written_off)]
            side.book_payment(side.enter(payment))

        self.at(day, happens)

    def _payment(self, document: Document, day: str, amount: int) -> Payment:
        rate = self.rate(day) if document.currency != "SEK" else Decimal(1)
        sek = money.converted(amount, rate, document.unit)
        source = "file" if isinstance(document, Invoice) and self.chance.random() < 0.6 else "manual"
        return Payment(0, document.number, day, sek, amount, document.currency, rate, document.unit, source=source)

    def _on_time(self, side: Side, document: Document) -> None:
        self._pay(side, document, plus(document.due, -self.chance.randint(0, 6)), document.total)

    def _late(self, side: Side, document: Document) -> None:
        self._pay(side, document, plus(document.due, self.chance.randint(5, 110)), document.total)

    def _in_parts(self, side: Side, document: Document) -> None:
        first = document.total * self.chance.randint(2, 8) // 10
        self._pay(side, document, document.due, first)
        self._pay(side, document, plus(document.due, self.chance.randint(7, 70)), document.total - first)

    def _partly(self, side: Side, document: Document) -> None:
        self._pay(side, document, plus(document.due, 2), document.total * self.chance.randint(3, 7) // 10)

    def _written_off(self, side: Side, document: Document) -> None:
        off = self.chance.randint(1, 49)
        self._pay(side, document, plus(document.due, self.chance.randint(0, 15)), document.total - off, off)

    def _overpaid(self, side: Side, document: Document) -> None:
        self._pay(side, document, document.due, document.total + self.chance.randint(100, 20_000))

    def _credited(self, side: Side, document: Document) -> None:
        day = plus(document.day, self.chance.randint(3, 50))
        self.at(day, lambda: self._credit(side, document, day, document.net, offset=True))

    def _partly_credited(self, side: Side, document: Document) -> None:
        day = plus(document.day, self.chance.randint(3, 25))

        def happens() -> None:
            credit = self._credit(side, document, day, max(document.net * 3 // 10, 1), offset=True)
            self._pay(side, document, plus(document.due, self.chance.randint(0, 40)), document.total + credit.total)

        self.at(day, happens)

    def _refunded(self, side: Side, document: Document) -> None:
        """Paid first, credited afterwards; the credit note is settled by a negative payment."""
        paid = plus(document.day, self.chance.randint(5, 25))
        day = plus(paid, self.chance.randint(5, 30))
        self._pay(side, document, paid, document.total)

        def happens() -> None:
            credit = self._credit(side, document, day, document.net, offset=False)
            self._pay(side, credit, plus(day, self.chance.randint(5, 40)), credit.total)

        self.at(day, happens)

    def _credit(self, side: Side, document: Document, day: str, net: int, *, offset: bool) -> Document:
        party = document.customer if isinstance(document, Invoice) else document.supplier
        terms = Terms(party, day, day, document.currency, document.rate, credits=document)
        credit = self._create(side, terms, net, sign=-1)
        side.book(credit)
        if offset:
            self.ledgers.offset(document, credit, day)
        return credit

    _endings: ClassVar[dict[str, Callable[[Trade, Side, Document], None]]] = {
        "on time": _on_time,
        "late": _late,
        "in parts": _in_parts,
        "partly": _partly,
        "credited": _credited,
        "partly credited": _partly_credited,
        "refunded": _refunded,
        "written off": _written_off,
        "overpaid": _overpaid,
    }


def plus(day: str, days: int) -> str:
    """Give the day so many days later."""
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()
