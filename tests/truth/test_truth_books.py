"""Real books of many programs through the whole main job, against the file itself, read by the simulator's own slow reader."""

from __future__ import annotations

import os
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

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

DIFFERING = {"9_sie-gruppen-e-conomic.se": 4}
DUPLICATES = {"3_BL0001_typ4.SE": 11}


@dataclass(frozen=True, slots=True)
class Case:
    """A row of the index's table, and where its file is."""

    file: Path
    outcome: str
    vouchers: int
    transactions: int


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


def samples() -> Path:
    given = os.environ.get("BRIDGE_SHARED")  # noqa: TID251 - the real files lie outside the project
    return (Path(given) if given else Path(__file__).parents[2] / ".." / "shared") / "data" / "sie"


def cases() -> list[Case]:
    """Read the table "The main job on the 4E files"; empty where the files are not there."""
    index = samples() / "INDEX.md"
    if not index.exists():
        return []
    row = re.compile(r"^\| (.+?\.se) \| ((?:imported|refused).*?) \| (\d+) \| (\d+) \|", re.MULTILINE | re.IGNORECASE)
    found = row.findall(index.read_text(encoding="utf-8"))
    return [Case(samples() / path, outcome, int(vers), int(rows)) for path, outcome, vers, rows in found]


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
    assert len(differing) == DIFFERING.get(case.file.name, 0)
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
