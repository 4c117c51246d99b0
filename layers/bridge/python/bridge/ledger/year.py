"""One financial year in öre: opening balances, movement per account and day, what the books state themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from operator import add
from typing import NamedTuple

from bridge.ledger import days
from bridge.ledger.columns import Part

_BALANCE_TYPES = frozenset("TS")
_RESULT_TYPES = frozenset("KI")


class Posting(NamedTuple):
    """A row on a control account with what its voucher says. `amount` in öre, debit positive."""

    account: str
    series: str
    number: str
    day: date
    text: str
    amount: int
    row_text: str


@dataclass(frozen=True, slots=True)
class Stated:
    """What the books say of the year: opening (#IB 0), closing (#UB 0) and result (#RES 0) in öre per account.

    `types` holds T, S, K or I for the accounts whose type is given (#KTYP). Days are None when unknown.
    """

    first: date | None = None
    last: date | None = None
    opening: Mapping[str, int] = field(default_factory=dict)
    closing: Mapping[str, int] = field(default_factory=dict)
    result: Mapping[str, int] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)

    def is_balance_account(self, account: str) -> bool:
        """Tell whether it is an asset or a debt: by its type, else by BAS, where classes 1 and 2 are."""
        kind = self.types.get(account, "")
        return kind in _BALANCE_TYPES or (kind not in _RESULT_TYPES and account[:1] in {"1", "2"})


class YearLedger:
    """Adds up the parts of a year and answers for any account on any day.

    The voucher's date is the day of a posting. Postings are kept row by row for the control accounts alone.
    """

    def __init__(self, control: frozenset[str] = frozenset(), stated: Stated | None = None) -> None:
        self.stated = stated or Stated()
        self.vouchers = 0
        self.transactions = 0
        self.debit = 0
        self.credit = 0
        self._control = control
        self._movement: dict[str, defaultdict[int, int]] = {}
        self._postings: dict[str, list[Posting]] = {account: [] for account in control}

    def add(self, part: Part) -> None:
        """Take in the next part."""
        rows = part.transactions
        self.vouchers += len(part.vouchers)
        self.transactions += len(rows)
        total, absolute = sum(rows.amount), sum(map(abs, rows.amount))
        self.debit += (absolute + total) // 2
        self.credit += (absolute - total) // 2
        moved: defaultdict[int, int] = defaultdict(int)
        for key, amount in zip(_days_and_accounts(part), rows.amount, strict=True):
            moved[key] += amount
        for key, amount in moved.items():
            day, account = divmod(key, len(part.accounts))
            self._movement.setdefault(part.accounts[account], defaultdict(int))[day] += amount
        if self._control:
            self._keep_postings(part)

    def _keep_postings(self, part: Part) -> None:
        chosen = {index: account for index, account in enumerate(part.accounts) if account in self._control}
        vouchers, rows = part.vouchers, part.transactions
        for index, number in enumerate(rows.account):
            if number in chosen:
                account, voucher = chosen[number], rows.voucher[index]
                self._postings[account].append(
                    Posting(
                        account,
                        vouchers.series[voucher],
                        vouchers.number[voucher],
                        days.day(vouchers.date[voucher]) if vouchers.date[voucher] else date.min,
                        vouchers.text[voucher],
                        rows.amount[index],
                        rows.text[index],
                    )
                )

    @property
    def accounts(self) -> tuple[str, ...]:
        """Every account with a movement or a stated balance, in order."""
        stated = self.stated
        return tuple(sorted({*self._movement, *stated.opening, *stated.closing, *stated.result}))

    def opening(self, account: str) -> int:
        """Öre at the beginning of the year; result accounts begin at nothing."""
        return self.stated.opening.get(account, 0)

    def movement(self, account: str) -> int:
        """Öre posted on the account in the whole year."""
        return sum(self.moved(account).values())

    def moved(self, account: str) -> Mapping[int, int]:
        """Öre posted per day number."""
        return self._movement.get(account, {})

    def balance(self, account: str, day: date) -> int:
        """Öre on the account when the day ends: opening plus the postings up to and including it."""
        last = days.number(day)
        moved = self.moved(account)
        return self.opening(account) + sum(amount for posted, amount in moved.items() if posted <= last)

    def closing(self, account: str) -> int:
        """Öre on the account when every posting of the year is counted."""
        return self.opening(account) + self.movement(account)

    def postings(self, account: str) -> tuple[Posting, ...]:
        """Rows of a control account in the order of the books; KeyError for an account that was not chosen."""
        return tuple(self._postings[account])


def _days_and_accounts(part: Part) -> Iterator[int]:
    """One number per row for its day and its account: quicker to add up by than a pair."""
    rows = part.transactions
    days_before = [day * len(part.accounts) for day in part.vouchers.date]
    return map(add, rows.account, map(days_before.__getitem__, rows.voucher))
