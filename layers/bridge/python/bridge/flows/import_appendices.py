"""Fifth step: the appendices of claims and debts as of the balance day, from the imported ledger and subledgers alone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date

from bridge.appendices import appendix
from bridge.appendices.appendix import Missing
from bridge.appendices.control import Control, ControlYear, Posting, joined
from bridge.appendices.reconciliation import findings, reconcile, unavailable
from bridge.appendices.rolling import roll, unbooked
from bridge.appendices.rows import Row, read_invoice, read_origin, read_payment
from bridge.appendices.subledger import Side
from bridge.engagements.engagement import Engagement
from bridge.flows import lookup
from bridge.flows.import_open import accounts_of, years_of
from bridge.flows.import_subledgers import PART as SUBLEDGERS
from bridge.jobs import keys
from bridge.jobs.job import JobKey, Part
from bridge.jobs.tables import Balance
from bridge.jobs.years import ImportYear
from bridge.ledger import parts
from bridge.ports import World
from bridge.problem import Finding

PART = "5-appendices"


def make_appendices(world: World, key: JobKey) -> None:
    """Make both appendices; each is written whole, and the step can be run again. Without subledgers they say so."""
    years = years_of(world, key)
    day = balance_day(lookup.engagement(world, key.tenant, key.engagement), years)
    missing = _missing(world, key)
    origins = [read_origin(row) for row in _rows(world, keys.subledger(key, "origins.jsonl.gz"))]
    facts: dict[str, object] = {"day": day.isoformat()}
    found: tuple[Finding, ...] = ()
    for side, accounts in accounts_of(world, key).items():
        control = joined([_control(world, key, years, account, side) for account in accounts])
        if missing:
            made = unavailable(control, day, missing)
        else:
            invoices = [read_invoice(row) for row in _rows(world, keys.subledger(key, f"{side}-invoices.jsonl.gz"))]
            payments = [read_payment(row) for row in _rows(world, keys.subledger(key, f"{side}-payments.jsonl.gz"))]
            histories = roll(side, invoices, payments)
            made = reconcile(control, day, histories, origins, unbooked(side, invoices))
            found += findings(made, histories)
        stored = appendix.to_json(made)
        world.files.put(keys.appendix(key, control.account), json.dumps(stored, ensure_ascii=False).encode())
        facts[control.account] = {name: stored[name] for name in ("difference", "explained")} | {
            "items": len(made.items)
        }
    world.jobs.put_part(key, Part(PART, facts, found, done=len(Side), total=len(Side)))


def _missing(world: World, key: JobKey) -> Missing | None:
    """Say why the step before fetched no subledgers, if it did not."""
    facts = next((part.facts for part in world.jobs.parts(key) if part.name == SUBLEDGERS), {})
    return Missing(facts["answer"], facts["missing"]) if "missing" in facts else None


def balance_day(engagement: Engagement, years: Sequence[ImportYear]) -> date:
    """Choose the day: the active period's last, or where that was not imported the last day of the newest year that was."""
    day = engagement.active.last
    return day if any(year.period.has(day) for year in years) else years[-1].period.last


def _control(world: World, key: JobKey, years: Iterable[ImportYear], account: str, side: Side) -> Control:
    return Control(account, side, tuple(_control_year(world, key, year, account) for year in years))


def _control_year(world: World, key: JobKey, year: ImportYear, account: str) -> ControlYear:
    balances = map(Balance.read, _rows(world, keys.ledger(key, year.id, "balances.jsonl.gz")))
    opening = next((balance.opening for balance in balances if balance.account == account), 0)
    rows = _rows(world, keys.ledger(key, year.id, "control.jsonl.gz"))
    postings = tuple(
        Posting(series, int(number) if number.isdecimal() else 0, date.fromisoformat(day), text, amount)
        for holder, series, number, day, text, amount in rows
        if holder == account
    )
    return ControlYear(year.period.first, year.period.last, opening, postings, year.fortnox_id, year.cash_method)


def _rows(world: World, name: keys.FileKey) -> Iterable[Row]:
    data = world.files.get(name)
    return parts.read_table(data) if data else ()
