"""Fourth step: invoices and payments of customers and suppliers, and what each voucher was made from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bridge.appendices.rows import INVOICE, ORIGIN, PAYMENT, invoice_row, origin_row, payment_row
from bridge.appendices.subledger import Side
from bridge.flows import lookup
from bridge.flows.import_open import years_of
from bridge.jobs import keys
from bridge.jobs.job import JobKey, Part
from bridge.ledger import parts
from bridge.ports import World
from bridge.problem import Finding, Severity
from bridge.tokens import capability
from bridge.tokens.capability import Capability

PART = "4-subledgers"
STEPS = 5


def fetch_subledgers(world: World, key: JobKey) -> None:
    """Fetch both subledgers and the origins of every imported year's vouchers into `ledger/…/subledger/`.

    A connection that is known not to reach them is no reason not to import the ledger.
    """
    client = lookup.fortnox(world, key)
    known = capability.of(lookup.live(world, key.tenant, key.engagement).capabilities, Capability.APPENDICES)
    if known.missing:
        facts = {"missing": known.scope, "answer": known.answer.value}
        finding = Finding("subledgers-missing", Severity.WARNING, {"scope": known.scope})
        world.jobs.put_part(key, Part(PART, facts, (finding,), done=1, total=1))
        return
    counts: dict[str, int] = {}
    for side in Side:
        invoices = [invoice_row(each) for each in client.invoices(side)]
        counts[f"{side}Invoices"] = _put(world, key, f"{side}-invoices", INVOICE, invoices)
        _progress(world, key, counts)
        payments = [payment_row(each) for each in client.payments(side)]
        counts[f"{side}Payments"] = _put(world, key, f"{side}-payments", PAYMENT, payments)
        _progress(world, key, counts)
    origins = [origin_row(each) for year in years_of(world, key) for each in client.origins(year.fortnox_id)]
    counts["origins"] = _put(world, key, "origins", ORIGIN, origins)
    _progress(world, key, counts)


def _put(world: World, key: JobKey, name: str, columns: Iterable[str], rows: Sequence[Sequence[object]]) -> int:
    world.files.put(keys.subledger(key, f"{name}.jsonl.gz"), parts.write_table(columns, rows))
    return len(rows)


def _progress(world: World, key: JobKey, facts: dict[str, int]) -> None:
    world.jobs.put_part(key, Part(PART, dict(facts), done=len(facts), total=STEPS))
