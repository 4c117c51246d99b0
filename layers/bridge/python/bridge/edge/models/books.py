"""Imported books over HTTP: years, accounts, appendices, activity."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from bridge.edge.models.base import Given, Json, Params


class ImportedYear(Given):
    """A financial year and what was imported of it; counts are null where nothing was."""

    id: str
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    locked: bool
    ledger_source: str | None
    vouchers: int | None
    transactions: int | None


class ImportedYears(Given):
    """The engagement's financial years."""

    items: list[ImportedYear]


class AccountGiven(Given):
    """An account's year: opening balance, movement, closing balance, and the one the source states (#UB or #RES)."""

    account: str
    name: str
    opening: str
    movement: str
    closing: str
    stated_closing: str | None


class AccountList(Given):
    """The accounts of one imported year."""

    items: list[AccountGiven]


class AppendixList(Given):
    """The appendices of the published import, without their items."""

    items: list[Json]


class ActivityGiven(Given):
    """A line of the activity log."""

    id: str
    at: datetime
    by: str
    code: str
    params: Params
    text: str


class ActivityList(Given):
    """The newest hundred lines, newest first."""

    items: list[ActivityGiven]
