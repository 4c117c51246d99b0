from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from infra.local.fortnox import Simulator
from infra.local.fortnox.knobs import Trouble
from infra.local.fortnox.model import Year
from tests.stack.books import LAST
from tests.stack.client import SERIES, Bridge, Json, key


def entry(rows: list[tuple[int, str]], **changes: Any) -> dict[str, Any]:
    """Make a closing entry of kind V."""
    shaped = [{"account": account, "amount": amount} for account, amount in rows]
    return {"kind": "V", "date": LAST, "text": "Upplupen revision", "rows": shaped, **changes}


BALANCED = entry([(6420, "100.00"), (2990, "-100.00")])


def closed(bridge: Bridge) -> Year:
    """The year the entries go into, as Fortnox has it."""
    return next(year for year in bridge.company.years if year.last == LAST)


def test_what_fortnox_would_refuse_is_found_before_anything_is_sent(imported: Bridge) -> None:
    ids = imported.entries([BALANCED, entry([(1930, "1.00"), (2990, "-1.00")])])
    year, company = closed(imported), imported.company
    spoilt: list[tuple[str, Callable[[], object], Json]] = [
        ("account-inactive", lambda: year.accounts["6420"].__setattr__("active", False), {"account": "6420"}),
        ("account-unknown", lambda: year.accounts.pop("6420"), {"account": "6420"}),
        ("series-not-manual", lambda: year.series["A"].__setattr__("manual", False), {"series": "A"}),
        ("series-unknown", lambda: year.series.pop("A"), {"series": "A"}),
    ]
    accounts, series = copy.deepcopy(year.accounts), copy.deepcopy(year.series)
    for code, spoil, params in spoilt:
        spoil()
        nothing_is_sent(imported, ids, code, {**params, "year": LAST})
        year.accounts, year.series = copy.deepcopy(accounts), copy.deepcopy(series)
    company.locked_until = LAST
    nothing_is_sent(imported, ids[:1], "period-locked", {"date": LAST, "entry": ids[0]})
    assert [each["status"] for each in imported.items("/exports")] == ["failed"] * (len(spoilt) + 1)
    assert imported.markers == []


def nothing_is_sent(bridge: Bridge, ids: list[str], code: str, params: Json) -> None:
    """Check that an export of the entries fails with that problem and leaves them free."""
    with bridge.untouched():
        job = bridge.exporting(ids)
        problem = bridge.failed(code, job)
    assert problem["params"] == params
    assert {each["status"] for each in job["items"]} == {"rejected"}
    assert {each["status"] for each in bridge.items("/closing-entries")} == {"not-transferred"}


def test_an_export_that_was_refused_goes_through_once_it_is_corrected(imported: Bridge) -> None:
    ids = imported.entries([BALANCED])
    imported.failed("series-not-manual", imported.exporting(ids, {"V": "B"}))
    assert imported.exporting(ids)["status"] == "succeeded"
    assert len(imported.markers) == 1
    problem = imported.refused(
        "already-exported", "POST", "/exports", {"entryIds": ids, "series": SERIES}, idempotency_key=key()
    )
    assert problem["params"]["entry"] == ids[0]


def test_an_unbalanced_closing_entry_is_never_taken_in(connected: Bridge) -> None:
    wrong = entry([(6420, "100.00"), (2990, "-99.99")])
    with connected.untouched():
        problem = connected.refused("unbalanced-voucher", "POST", "/closing-entries", {"entries": [BALANCED, wrong]})
    assert [each["pointer"] for each in problem["errors"]] == ["/entries/1/rows"]
    assert connected.items("/closing-entries") == []


def test_an_entry_outside_the_active_period_is_never_taken_in(connected: Bridge) -> None:
    connected.refused(
        "date-outside-period", "POST", "/closing-entries", {"entries": [{**BALANCED, "date": "2026-01-01"}]}
    )
    assert connected.items("/closing-entries") == []


def test_an_export_needs_an_import(connected: Bridge) -> None:
    asked = {"entryIds": connected.entries([BALANCED]), "series": SERIES}
    with connected.untouched():
        connected.refused("not-imported", "POST", "/exports", asked, idempotency_key=key())
    assert connected.items("/exports") == []


def test_an_export_needs_a_connection(bridge: Bridge) -> None:
    asked = {"entryIds": bridge.entries([BALANCED]), "series": SERIES}
    with bridge.untouched():
        bridge.refused("not-connected", "POST", "/exports", asked, idempotency_key=key())
    assert bridge.items("/exports") == []
    assert {each["status"] for each in bridge.items("/closing-entries")} == {"not-transferred"}


def test_an_export_needs_an_idempotency_key_and_entries_it_knows(imported: Bridge) -> None:
    ids = imported.entries([BALANCED])
    with imported.untouched():
        imported.refused("idempotency-key-missing", "POST", "/exports", {"entryIds": ids, "series": SERIES})
        asked = {"entryIds": [*ids, "ent_nobody"], "series": SERIES}
        problem = imported.refused("entry-unknown", "POST", "/exports", asked, idempotency_key=key())
        assert [each["pointer"] for each in problem["errors"]] == ["/entryIds/1"]
        imported.refused("invalid-value", "POST", "/exports", {"entryIds": ids, "series": {}}, idempotency_key=key())
    assert imported.items("/exports") == []


def test_one_export_runs_at_a_time_and_its_idempotency_key_gives_it_again(imported: Bridge, fortnox: Simulator) -> None:
    first, second = imported.entries([BALANCED, {**BALANCED, "text": "Upplupet arvode"}])
    fortnox.knobs.troubles = [Trouble("delay", "companyinformation", seconds=1.5)]
    same = key()
    asked, other = ({"entryIds": [each], "series": SERIES} for each in (first, second))
    jobs = [imported.post("/exports", asked, same).json() for _ in range(2)]
    assert jobs[0]["id"] == jobs[1]["id"]
    imported.refused("export-running", "POST", "/exports", other, idempotency_key=key())
    imported.refused("idempotency-key-reused", "POST", "/exports", other, idempotency_key=same)
    assert imported.wait(jobs[0])["status"] == "succeeded"
    assert len(imported.markers) == len(imported.items("/exports")) == 1
