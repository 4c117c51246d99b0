"""Fifth step: the appendices of 1510 and 2440 as of the balance day, from the imported ledger and subledgers alone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date

from bridge.appendices import appendix
from bridge.appendices.reconciliation import Control, ControlYear, Posting, findings, reconcile
from bridge.appendices.rolling import roll
from bridge.appendices.rows import Row, read_invoice, read_origin, read_payment
from bridge.appendices.subledger import Side
from bridge.engagements.engagement import Engagement
from bridge.flows import lookup
from bridge.flows.import_open import years_of
from bridge.flows.import_subledgers import PART as SUBLEDGERS
from bridge.jobs import keys
from bridge.jobs.job import JobKey, Part
from bridge.jobs.tables import Balance
from bridge.jobs.years import ImportYear
from bridge.ledger import parts
from bridge.ports import World
from bridge.problem import Finding

PART = "5-appendices"
ACCOUNTS = (("1510", Side.RECEIVABLE), ("2440", Side.PAYABLE))


def make_appendices(world: World, key: JobKey) -> None:
    """Make both appendices; each is written whole, and the step can be run again. Without subledgers there are none to make."""
    engagement = lookup.engagement(world, key.tenant, key.engagement)
    if any(part.name == SUBLEDGERS and "missing" in part.facts for part in world.jobs.parts(key)):
        world.jobs.put_part(key, Part(PART, {}, done=len(ACCOUNTS), total=len(ACCOUNTS)))
        return
    years = years_of(world, key)
    day = balance_day(engagement, years)
    origins = [read_origin(row) for row in _rows(world, keys.subledger(key, "origins.jsonl.gz"))]
    facts: dict[str, object] = {"day": day.isoformat()}
    found: tuple[Finding, ...] = ()
    for account, side in ACCOUNTS:
        invoices = [read_invoice(row) for row in _rows(world, keys.subledger(key, f"{side}-invoices.jsonl.gz"))]
        payments = [read_payment(row) for row in _rows(world, keys.subledger(key, f"{side}-payments.jsonl.gz"))]
        histories = roll(side, invoices, payments)
        control = Control(account, side, tuple(_control_year(world, key, year, account) for year in years))
        made = reconcile(control, day, histories, origins)
        stored = appendix.to_json(made)
        world.files.put(keys.appendix(key, account), json.dumps(stored, ensure_ascii=False).encode())
        facts[account] = {
            "difference": stored["difference"],
            "explained": stored["explained"],
            "items": len(made.items),
        }
        found += findings(made, histories)
    world.jobs.put_part(key, Part(PART, facts, found, done=len(ACCOUNTS), total=len(ACCOUNTS)))


def balance_day(engagement: Engagement, years: Sequence[ImportYear]) -> date:
    """Choose the day: the active period's last, or where that was not imported the last day of the newest year that was."""
    day = engagement.active.last
    return day if any(year.period.has(day) for year in years) else years[-1].period.last


def _control_year(world: World, key: JobKey, year: ImportYear, account: str) -> ControlYear:
    balances = map(Balance.read, _rows(world, keys.ledger(key, year.id, "balances.jsonl.gz")))
    opening = next((balance.opening for balance in balances if balance.account == account), 0)
    rows = _rows(world, keys.ledger(key, year.id, "control.jsonl.gz"))
    postings = tuple(
        Posting(series, int(number) if number.isdecimal() else 0, date.fromisoformat(day), text, amount)
        for holder, series, number, day, text, amount in rows
        if holder == account
    )
    return ControlYear(year.period.first, year.period.last, opening, postings, year.fortnox_id)


def _rows(world: World, name: keys.FileKey) -> Iterable[Row]:
    data = world.files.get(name)
    return parts.read_table(data) if data else ()
