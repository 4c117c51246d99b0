"""Real books of many programs through the whole main job, against the file itself, read by the simulator's own slow reader."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bench.books import Case, cases
from bridge.exports.entry import ClosingEntry
from bridge.exports.voucher import Row
from bridge.flows import books, closing, exports, imports
from bridge.fortnox.client import Client
from bridge.jobs import keys
from bridge.jobs.job import JobKey, Status
from bridge.jobs.tables import Balance
from bridge.ports import FortnoxYear
from bridge.problem import Finding, Refused
from infra.local.fortnox import money
from infra.local.fortnox.books import from_sie
from infra.local.fortnox.sie_reader import Record, read
from tests.flows.runs import run_export, run_import
from tests.truth.simulated import Product, client_of, product_of

DUPLICATES = {"3_BL0001_typ4.SE": 11}


@dataclass(frozen=True, slots=True)
class Witness:
    """The file as the slow reader has it: öre per account, the rows that count, one per `#TRANS`."""

    opening: Counter[str]
    movement: Counter[str]
    closing: dict[str, int]
    vouchers: int
    transactions: int

    def expected(self, account: str) -> tuple[int, int]:
        """Give opening and closing of an account by adding up."""
        return self.opening[account], self.opening[account] + self.movement[account]


def cases_of(outcome: str) -> list[Any]:
    """Give the files of an outcome as parameters, or one that is skipped where they are not there."""
    absent = pytest.param(None, marks=pytest.mark.skip(reason="../shared/data/sie is not there"), id="absent")
    chosen = [each for each in cases() if each.outcome.startswith(outcome)]
    return [pytest.param(each, id=each.file.name) for each in chosen] or [absent]


def witness_of(file: Path) -> Witness:
    """Add the file up, record by record."""
    records = read(file.read_bytes())
    booked = [record for record in records if record.label == "TRANS"]
    movement: Counter[str] = Counter()
    for record in booked:
        movement[record.get(0)] += money.ore(record.get(1))
    vouchers = sum(record.label == "VER" for record in records)
    opening = Counter(_balances(records, "IB"))
    return Witness(opening, movement, _balances(records, "UB"), vouchers, len(booked))


def _balances(records: list[Record], label: str) -> dict[str, int]:
    return {each.get(1): money.ore(each.get(2)) for each in records if (each.label, each.get(0)) == (label, "0")}


def engaged(case: Case, client: Client) -> tuple[Product, FortnoxYear]:
    """Connect an engagement to the company of the file, whose only year is closed."""
    (year,) = client.years()
    return product_of(from_sie(case.file), client, year.period), year


def found(product: Product, key: JobKey) -> list[Finding]:
    """List the findings of an import."""
    return [finding for part in product.world.jobs.parts(key) for finding in part.findings]


def entry_between(client: Client, year: FortnoxYear) -> ClosingEntry:
    """Make a balanced entry between the first two four-digit accounts of the chart."""
    first, second = [each.number for each in client.accounts(year.id) if each.active and 999 < each.number < 10_000][:2]
    rows = (Row(first, 12_345), Row(second, -12_345))
    return ClosingEntry("", "V", year.period.last, "Periodisering å ä ö", rows)


@pytest.mark.parametrize("case", cases_of("imported"))
def test_the_books_are_imported_to_the_ore(case: Case) -> None:
    witness = witness_of(case.file)
    with client_of(from_sie(case.file)) as client:
        product, year = engaged(case, client)
        key = product.start_import()
        run_import(product.world, key)
    name = year.period.last.isoformat()
    (imported,) = books.years(product.world, product.caller, product.engagement)
    assert (imported.vouchers, imported.transactions) == (case.vouchers, case.transactions)
    assert (witness.vouchers, witness.transactions) == (case.vouchers, case.transactions)
    accounts = books.accounts(product.world, product.caller, product.engagement, name)
    assert {each.account: (each.opening, each.closing) for each in accounts} == {
        each.account: witness.expected(each.account) for each in accounts
    }
    assert {account for account, amount in witness.movement.items() if amount} <= {each.account for each in accounts}
    _assert_stated_closings(case, witness, accounts, found(product, key))
    duplicates = sum(each.count for each in found(product, key) if each.code == "voucher-number-duplicate")
    assert duplicates == DUPLICATES.get(case.file.name, 0)


def _assert_stated_closings(case: Case, witness: Witness, accounts: list[Balance], findings: list[Finding]) -> None:
    """Compare with the file's own #UB: all agree, or exactly those that do not are findings."""
    computed = {each.account: each.closing for each in accounts}
    differing = {account for account, stated in witness.closing.items() if computed[account] != stated}
    assert len(differing) == case.differing
    assert ("UB agrees" in case.outcome) == (not differing)
    told = {str(each.params["account"]) for each in findings if each.code == "closing-differs"}
    assert told == differing


@pytest.mark.parametrize("case", cases_of("refused"))
def test_unbalanced_books_are_refused_by_name_and_nothing_is_published(case: Case) -> None:
    with client_of(from_sie(case.file)) as client:
        product, year = engaged(case, client)
        key = product.start_import()
        with pytest.raises(Refused) as refused:
            run_import(product.world, key)
    problem = refused.value.problem
    assert problem.code == "sie-unbalanced"
    assert (problem.params["voucher"], problem.params["amount"], problem.params["count"]) == ("KF 3", "512.00", 1)
    raw = product.world.files.kept[keys.raw(key, year.period.last.isoformat())].decode("cp437")
    assert raw.splitlines()[int(problem.params["line"]) - 1].startswith("#VER KF 3 ")
    imports.fail(product.world, key, problem)
    (published,) = books.years(product.world, product.caller, product.engagement)
    assert (published.source, published.vouchers) == (None, None)
    with pytest.raises(Refused, match="not-imported"):
        books.accounts(product.world, product.caller, product.engagement, year.period.last.isoformat())


@pytest.mark.parametrize("case", cases_of("imported"))
def test_a_closing_entry_is_exported_and_read_back_equal(case: Case) -> None:
    with client_of(from_sie(case.file)) as client:
        product, year = engaged(case, client)
        run_import(product.world, product.start_import())
        (made,) = closing.create(product.world, product.caller, product.engagement, [entry_between(client, year)])
        job = exports.start(product.world, product.caller, product.engagement, [made.id], {"V": "A"}, "once")
        run_export(product.world, job.key)
        view = exports.read(product.world, product.caller, product.engagement, job.key.id)
        (item,) = view.items
        held = client.voucher("A", item.number, year.id)
        again = product.start_import()
        run_import(product.world, again)
    assert view.job.status is Status.SUCCEEDED
    assert item.verified
    assert held is not None
    assert (held.booked, held.rows, held.text.startswith(made.text)) == (made.booked, made.rows, True)
    result = product.world.jobs.kept[again].result
    assert (result["ownEntries"], result["doubleCounted"]) == (1, 0)
    assert result["years"][0]["vouchers"] == case.vouchers + 1
    assert result["years"][0]["transactions"] == case.transactions + 2


def test_every_file_of_the_index_is_here() -> None:
    assert len(cases()) in {0, 14}


TWICE = """#RAR 0 20250101 20251231
#KONTO 1930 "Bank"
#KONTO 3001 "Sales"
#VER A 2 20250110 "Second"
{
#TRANS 1930 {} 2.00
#TRANS 3001 {} -2.00
}
#VER A 2 20250111 "Second again"
{
#TRANS 1930 {} 3.00
#TRANS 3001 {} -3.00
}
#VER A 3 20250112 "Third"
{
}
"""


def test_a_number_used_twice_in_the_file_is_no_number_used_twice_in_fortnox() -> None:
    company = from_sie(TWICE.encode())
    with client_of(company) as client:
        (year,) = client.years()
        numbers = [(each.voucher.number, each.text) for each in client.origins(year.id)]
        with client.sie(year.id) as chunks:
            written = read(b"".join(chunks))
    assert sorted(numbers) == [(2, "Second"), (3, "Third"), (4, "Second again")]
    assert [each.get(1) for each in written if each.label == "VER"] == ["2", "2", "3"]
    assert "1 vouchers whose number was used before have a new one in the API, not in SIE" in company.notes
