"""What the main job says: the figures of result.json, and the tables people read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from bridge import messages
from infra.cli.screen import Screen

Json = dict[str, Any]

EMPTY: Mapping[str, Any] = {
    "company": {},
    "years": [],
    "findings": [],
    "appendices": {},
    "exported": [],
    "readback": {"equal": False},
    "reimport": {"own_entries": 0, "double_counted": 0},
    "fortnox_requests": 0,
    "rate_limited": 0,
    "seconds": 0.0,
}
"""The keys of result.json before anything was done; `problem` comes on top where a run was refused."""


def years(given: Iterable[Json]) -> list[Json]:
    """Shape the years of an import."""
    names = ("from", "to", "vouchers", "transactions", "debit", "credit")
    return [{name: each[name] for name in names} for each in given]


def findings(given: Iterable[Json]) -> list[Json]:
    """Shape findings."""
    return [{name: each[name] for name in ("code", "severity", "params")} for each in given]


def appendix(given: Json) -> Json:
    """Shape an appendix."""
    return {name: given[name] for name in ("ledger", "subledger", "difference", "explained", "items")}


def adds_up(account: Mapping[str, str]) -> bool:
    """Tell whether an account's opening balance plus its movements is its closing balance."""
    opening, movement, closing = (Decimal(account[name]) for name in ("opening", "movement", "closing"))
    return opening + movement == closing


def show_connection(screen: Screen, connection: Json) -> None:
    """Say whom we are connected to, and for how long."""
    params = {"date": (connection["expiresAt"] or "")[:10], "days": connection["daysLeft"] or 0}
    standing = messages.text("states", f"connection.{connection['status']}", params, screen.language)
    screen.say(f"{connection['company']} {connection['orgNumber']}, Fortnox database {connection['fortnoxTenant']}")
    screen.say(f"{standing}\n")


def show_import(screen: Screen, job: Json) -> None:
    """Show the imported years and what was found in them."""
    rows = [
        (
            each["from"],
            each["to"],
            *(_count(screen, each[name]) for name in ("vouchers", "transactions")),
            *(screen.amount(each[name]) for name in ("debit", "credit")),
        )
        for each in job["result"]["years"]
    ]
    screen.table("Imported", ("From", "To", ">Vouchers", ">Rows", ">Debit", ">Credit"), rows)
    if job["findings"]:
        screen.findings(job["findings"])
        screen.say()


def show_balances(screen: Screen, year: str, accounts: Sequence[Json]) -> None:
    """Say that every account adds up, and where the file's own closing balances differ."""
    stated = [each for each in accounts if each["statedClosing"] is not None]
    differ = [each["account"] for each in stated if Decimal(each["statedClosing"]) != Decimal(each["closing"])]
    told = f"the file states other ones for {', '.join(differ)}" if differ else f"all {len(stated)} stated ones agree"
    screen.say(f"{year}: {len(accounts)} accounts, closing = opening + movement on every one; {told}.")


def show_appendix(screen: Screen, given: Json) -> None:
    """Show an appendix: the equation, what explains a difference, ageing, and the open items."""
    amount, account = screen.amount, given["account"]
    name = screen.word(f"appendix.{account}")
    if given["missing"]:
        screen.head(screen.word("appendix.title", account=account, name=name, day=given["day"]), "yellow")
        screen.say(messages.text("states", f"answer.{given['missing']['answer']}", {}, screen.language))
        return
    sums = ("ledger", "subledger", "difference", "explained", "unexplained")
    screen.table(
        screen.word("appendix.title", account=account, name=name, day=given["day"]),
        [f">{screen.word(f'appendix.{each}')}" for each in sums],
        [tuple(amount(given[each]) for each in sums)],
    )
    if given["cashMethod"]:
        screen.say(screen.word("appendix.cash-method", amount=given["cutOff"]))
        screen.say()
    if len(given["accounts"]) > 1:
        screen.facts([(each["account"], amount(each["balance"])) for each in given["accounts"]])
        screen.say()
    show_causes(screen, given["explanations"])
    buckets = [(each["bucket"], screen.count(each["count"]), amount(each["amount"])) for each in given["buckets"]]
    columns = ("", f">{screen.word('appendix.invoices')}", f">{screen.word('appendix.open')}")
    screen.table(screen.word("appendix.ageing"), columns, buckets)
    show_items(screen, given["items"])
    credits_ = [(each["party"], each["partyName"], amount(each["amount"])) for each in given["creditBalances"]]
    if credits_:
        screen.say(screen.word("appendix.credit-balances", amount=given["creditBalance"]))
        screen.table("", ("", screen.word("appendix.name"), f">{screen.word('appendix.open')}"), credits_)
    if given["unbooked"]:
        screen.say(screen.word("appendix.unbooked", count=len(given["unbooked"])))


def show_causes(screen: Screen, explanations: Sequence[Json]) -> None:
    """Show what a difference comes from, and below the last of each cause what to do about it."""
    for number, each in enumerate(explanations):
        cause, *advice = (
            messages.text("states", f"{state}.{each['cause']}", {}, screen.language) for state in ("cause", "advice")
        )
        document = each["document"] and f"{screen.word('appendix.invoice')} {each['document']}"
        voucher = f"{each['series']} {each['number'] or ''} {each['text']}".strip()
        named = ", ".join(part for part in (document, voucher) if part)
        screen.say(f"  {each['booked']}  {screen.amount(each['amount'])}  {cause}{': ' + named if named else ''}")
        if each["cause"] not in {later["cause"] for later in explanations[number + 1 :]}:
            screen.point(*advice)
    if explanations:
        screen.say()


def show_revaluation(screen: Screen, given: Json) -> None:
    """Show foreign items at the balance day's rate, and the entry that books the difference."""
    columns = ("", *(f">{screen.word(f'revaluation.{name}')}" for name in ("open", "rate", "closing", "difference")))
    rows = [
        (
            f"{each['number']} {each['currency']}",
            screen.amount(each["open"]),
            each["rate"],
            screen.amount(each["closing"]),
            screen.amount(each["difference"]),
        )
        for each in given["items"]
    ]
    screen.say(screen.word("revaluation.title", amount=given["difference"]))
    screen.table("", columns, rows)
    for each in given["proposal"]:
        screen.say(f"  {each['account']}  {screen.amount(each['amount'])}")
    for currency in given["unrated"]:
        screen.say(screen.word("revaluation.unrated", currency=currency))


def show_items(screen: Screen, items: Sequence[Json]) -> None:
    """Show the open items; of many, the first ones."""
    shown, word = 12, screen.word
    rows = [
        (
            *(each[name] or "" for name in ("number", "partyName", "invoiced", "due", "currency")),
            *(screen.amount(each[name]) for name in ("total", "open")),
        )
        for each in items[:shown]
    ]
    columns = (
        *(word(f"appendix.{name}") for name in ("invoice", "name", "date", "due")),
        "",
        *(f">{word(f'appendix.{name}')}" for name in ("total", "open")),
    )
    of_many = word("appendix.first-items", shown=shown, count=len(items))
    if rows:
        screen.table(of_many if len(items) > shown else word("appendix.items"), columns, rows)


def show_export(screen: Screen, rows: Iterable[tuple[Json, Json, bool]]) -> None:
    """Show which voucher each entry became, and whether Fortnox has exactly that."""
    table = [
        (
            entry["kind"],
            entry["text"],
            _debit(screen, entry),
            f"{item['series']} {item['number']}",
            item["year"],
            "equal" if equal else "DIFFERS",
        )
        for item, entry, equal in rows
    ]
    screen.table("Exported", ("Kind", "Closing entry", ">Amount", "Voucher", "Year", "Read back"), table)


def show_end(screen: Screen, result: Json) -> None:
    """Show the whole run in one table."""
    again = result["reimport"]
    screen.table(
        "The main job",
        ("", ""),
        [
            ("Company", f"{result['company'].get('name', '')} {result['company'].get('orgNumber', '')}"),
            ("Years imported", str(len(result["years"]))),
            ("Vouchers", _count(screen, sum(each["vouchers"] for each in result["years"]))),
            *((f"Difference {name}", screen.amount(each["difference"])) for name, each in result["appendices"].items()),
            ("Entries exported", str(len(result["exported"]))),
            ("Read back", "equal, row by row" if result["readback"]["equal"] else "DIFFERS"),
            (
                "Imported again",
                f"{again['own_entries']} of our own recognised, {again['double_counted']} counted twice",
            ),
            ("Fortnox requests", f"{result['fortnox_requests']}, of which {result['rate_limited']} were answered 429"),
            ("Time", f"{result['seconds']} s"),
        ],
    )


def _debit(screen: Screen, entry: Json) -> str:
    return screen.amount(str(sum(max(Decimal(row["amount"]), Decimal(0)) for row in entry["rows"])))


def _count(screen: Screen, value: int) -> str:
    return messages.number(value, screen.language)
