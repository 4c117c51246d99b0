"""Open items against an independent oracle: companies whose ledger is kept by posting, one event at a time.

The oracle knows nothing of the code under test. It posts each event on the control account as a bookkeeper would and
shows what Fortnox's lists would show today; as of any day the open items must then equal the account.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bridge.appendices.control import Control, ControlYear, Posting
from bridge.appendices.open_items import open_items
from bridge.appendices.reconciliation import reconcile
from bridge.appendices.rolling import roll
from bridge.appendices.subledger import Invoice, Payment, Side, VoucherKey, VoucherOrigin

FIRST = date(2023, 7, 1)
YEAR_IDS = {2023: 9, 2024: 4, 2025: 7, 2026: 2}
TYPES = {
    Side.RECEIVABLE: {"invoice": "INVOICE", "payment": "INVOICEPAYMENT"},
    Side.PAYABLE: {"invoice": "SUPPLIERINVOICE", "payment": "SUPPLIERPAYMENT"},
}


@dataclass(frozen=True)
class Step:
    """A payment: days after the invoice (before it when negative), percent of what is left, and whether the rest is let go."""

    delay: int
    share: int
    forgiven: bool
    booked: bool


@dataclass(frozen=True)
class Story:
    """One invoice's life. `credit` is how a credit note for a share of the rest ends: offset, paid, open, or none."""

    party: str
    rate: str
    total: int
    start: int
    terms: int
    steps: tuple[Step, ...]
    credit: str
    credit_share: int
    credit_delay: int
    booked: bool


@dataclass
class Company:
    """Books kept by posting. `postings` are (day, öre as a claim or debt, kind), `planted` the manual vouchers."""

    side: Side
    invoices: list[Invoice] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    postings: list[tuple[date, int, str, str]] = field(default_factory=list)
    offsets: list[tuple[date, int, str, str]] = field(default_factory=list)

    def truth(self, day: date) -> int:
        return sum(amount for booked, amount, kind, _ in self.postings if booked <= day and kind != "manual")

    def truth_of(self, number: str, day: date) -> int:
        moves = [*self.postings, *self.offsets]
        return sum(amount for booked, amount, _, of in moves if booked <= day and of == number)

    def planted(self, day: date) -> int:
        return sum(amount for booked, amount, kind, _ in self.postings if booked <= day and kind == "manual")

    def days(self) -> list[date]:
        events = {day for day, *_ in self.postings} | {payment.paid for payment in self.payments}
        return sorted(events | {day - timedelta(days=1) for day in events})

    def year(self, number: int) -> ControlYear:
        sign = 1 if self.side is Side.RECEIVABLE else -1
        first, last = date(number, 1, 1), date(number, 12, 31)
        rows = tuple(
            Posting("M" if kind == "manual" else "S", at, day, kind, sign * amount)
            for at, (day, amount, kind, _) in enumerate(self.postings, 1)
            if day.year == number
        )
        opening = sum(sign * amount for day, amount, *_ in self.postings if day < first)
        return ControlYear(first, last, opening, rows, YEAR_IDS[number])

    def origins(self) -> list[VoucherOrigin]:
        types = {**TYPES[self.side], "manual": "MANUAL"}
        return [
            VoucherOrigin(
                VoucherKey("M" if kind == "manual" else "S", at, YEAR_IDS[day.year]), day, kind, types[kind], ""
            )
            for at, (day, _, kind, _) in enumerate(self.postings, 1)
        ]


def convert(amount: int, rate: str) -> int:
    """Öre to SEK öre, half away from zero, with fractions."""
    exact = Fraction(abs(amount)) * Fraction(rate)
    whole = (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)
    return whole if amount >= 0 else -whole


class Bookkeeper:
    """Plays one story into a company: what is left of the invoice is followed in its currency and in SEK."""

    def __init__(self, company: Company, story: Story, number: int) -> None:
        self.company, self.story, self.number = company, story, str(number)
        self.note = str(number + 1)
        self.currency = "SEK" if story.rate == "1" else "EUR"
        self.day = FIRST + timedelta(days=story.start)
        self.left, self.left_sek = story.total, convert(story.total, story.rate)
        self.settled = self.day

    def play(self) -> None:
        self.company.postings.append((self.day, self.left_sek, "invoice", self.number))
        for step in sorted(self.story.steps, key=lambda each: each.delay):
            self.pay(step)
        if self.left > 0:
            self.credit()
        self.company.invoices.append(self.shown(self.number, self.day, self.story.total, self.left))

    def pay(self, step: Step) -> None:
        part = self.left * step.share // 100
        if part == 0:
            return
        day = self.day + timedelta(days=step.delay)
        settles = self.left_sek if part == self.left else convert(part, self.story.rate)
        forgiven = self.left_sek - settles if step.forgiven and part < self.left else 0
        paid = settles if self.currency == "SEK" else settles + part // 50
        payment = self.payment(self.number, day, paid, part)
        self.company.payments.append(
            replace(payment, booked=step.booked, has_write_offs=bool(forgiven), write_offs=forgiven)
        )
        if step.booked:
            self.company.postings.append((day, -settles - forgiven, "payment", self.number))
            self.left -= self.left if forgiven else part
            self.left_sek -= settles + forgiven
            self.settled = day

    def credit(self) -> None:
        """Credit a share of the rest; in foreign currency only a whole unpaid invoice, so that no rounding is left."""
        story = self.story
        amount = self.left * story.credit_share // 100
        if story.credit == "none" or amount == 0 or (self.currency == "EUR" and amount < story.total):
            return
        day = max(self.settled, self.day) + timedelta(days=story.credit_delay)
        self.company.postings.append((day, -convert(amount, story.rate), "invoice", self.note))
        left = {"open": -amount}.get(story.credit, 0)
        if story.credit == "paid":
            paid = day + timedelta(days=5)
            self.settled = paid
            for number, part in ((self.number, amount), (self.note, -amount)):
                self.company.payments.append(self.payment(number, paid, convert(part, story.rate), part))
                self.company.postings.append((paid, -convert(part, story.rate), "payment", number))
        if story.credit == "offset":
            self.settled = day
            settled = convert(amount, story.rate)
            self.company.offsets += [(day, -settled, "offset", self.number), (day, settled, "offset", self.note)]
        self.left -= amount + left
        self.company.invoices.append(self.shown(self.note, day, -amount, left))

    def payment(self, invoice: str, day: date, amount: int, part: int) -> Payment:
        number = str(len(self.company.payments) + 1)
        in_currency = None if self.currency == "SEK" else part
        return Payment(
            self.company.side, number, invoice, day, amount, self.currency, booked=True, amount_currency=in_currency
        )

    def shown(self, number: str, day: date, total: int, balance: int) -> Invoice:
        return Invoice(
            side=self.company.side,
            number=number,
            external="",
            party=self.story.party,
            party_name="",
            invoiced=day,
            due=day + timedelta(days=self.story.terms),
            currency=self.currency,
            rate=Decimal(self.story.rate),
            unit=Decimal(1),
            total=total,
            balance=balance,
            booked=True,
            cancelled=False,
            settled=None if balance else self.settled,
        )


def keep_books(side: Side, stories: list[Story], planted: list[tuple[int, int]]) -> Company:
    company = Company(side)
    for place, story in enumerate(stories):
        if story.booked:
            Bookkeeper(company, story, 2 * place).play()
        else:
            draft = Bookkeeper(Company(side), story, 2 * place)
            company.invoices.append(replace(draft.shown("d", draft.day, 1_00, 1_00), booked=False))
    for start, amount in planted:
        company.postings.append((FIRST + timedelta(days=start), amount, "manual", ""))
    return company


def one_prepayment(steps: list[Step]) -> tuple[Step, ...]:
    """At most one payment before the invoice, or the invoice's own rounding would have nothing to meet."""
    early = [step for step in steps if step.delay < 0]
    return (*early[:1], *(step for step in steps if step.delay >= 0))


STEPS = st.lists(
    st.builds(
        Step,
        delay=st.integers(-20, 200),
        share=st.sampled_from([1, 30, 50, 75, 100, 100, 120]),
        forgiven=st.sampled_from([False, False, True]),
        booked=st.sampled_from([True, True, True, False]),
    ),
    max_size=3,
)
STORIES = st.builds(
    Story,
    party=st.sampled_from(["10", "11"]),
    rate=st.sampled_from(["1", "11.2345", "10.9871"]),
    total=st.one_of(st.integers(2, 9_99), st.integers(100_00, 50_000_00)),
    start=st.integers(0, 700),
    terms=st.sampled_from([0, 10, 30]),
    steps=STEPS.map(one_prepayment),
    credit=st.sampled_from(["none", "offset", "offset", "paid", "open"]),
    credit_share=st.sampled_from([100, 100, 40]),
    credit_delay=st.integers(0, 90),
    booked=st.sampled_from([True, True, True, False]),
)
PLANTED = st.lists(st.tuples(st.integers(0, 850), st.integers(-5_000_00, 5_000_00)), max_size=3)
COMPANIES = st.builds(keep_books, st.sampled_from(Side), st.lists(STORIES, min_size=1, max_size=8), PLANTED)

Total = Callable[[Company, date], int]


def rolled(company: Company, day: date) -> int:
    return sum(item.open for item in open_items(company.side, company.invoices, company.payments, day))


def from_todays_list(company: Company, day: date) -> int:
    """Add up what many do: today's balances of the invoices dated by then."""
    return sum(
        convert(invoice.balance, str(invoice.rate))
        for invoice in company.invoices
        if invoice.booked and invoice.invoiced <= day
    )


def check_every_day(total: Total) -> None:
    @given(COMPANIES)
    @settings(max_examples=100, deadline=None, database=None)
    def on_every_day(company: Company) -> None:
        for day in company.days():
            assert total(company, day) == company.truth(day)

    on_every_day()


def test_open_items_equal_the_control_account_on_every_day() -> None:
    check_every_day(rolled)


def test_a_version_that_reads_todays_list_is_caught_by_the_same_check() -> None:
    with pytest.raises(AssertionError):
        check_every_day(from_todays_list)


@given(COMPANIES)
@settings(max_examples=100, deadline=None, database=None)
def test_every_item_equals_its_own_postings(company: Company) -> None:
    """With at most one offset: of several, which credit note met which invoice is not to be seen, only their sum."""
    assume(len(company.offsets) <= 2)
    for day in company.days():
        items = open_items(company.side, company.invoices, company.payments, day)
        listed = {item.number: item.open for item in items}
        for number in {invoice.number for invoice in company.invoices}:
            assert listed.get(number, 0) == company.truth_of(number, day)


@given(COMPANIES, st.dates(date(2024, 1, 1), date(2026, 12, 31)))
@settings(max_examples=100, deadline=None, database=None)
def test_the_difference_is_what_was_planted_and_all_of_it_is_explained(company: Company, day: date) -> None:
    histories = roll(company.side, company.invoices, company.payments)
    account = "1510" if company.side is Side.RECEIVABLE else "2440"
    sign = 1 if company.side is Side.RECEIVABLE else -1
    control = Control(account, company.side, tuple(company.year(number) for number in (2026, 2024, 2025)))
    appendix = reconcile(control, day, histories, company.origins())
    assert appendix.ledger == sign * (company.truth(day) + company.planted(day))
    assert appendix.difference == sign * company.planted(day)
    assert appendix.unexplained == 0
    for point in appendix.history:
        assert point.difference == sign * company.planted(point.day)
