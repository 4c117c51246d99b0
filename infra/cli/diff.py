"""`fortnox-bridge sie FILE --diff OTHER`: what differs between two exports of the same company and year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bridge.ledger import days, money
from bridge.ledger.differences import BookedRow, BookedVoucher, Change, Kind, RowChange
from bridge.sie import Comparison, Document, Mismatch, compare
from infra.cli.exits import Exit
from infra.cli.files import Trouble, check_is_sie, chunks, told
from infra.cli.screen import Screen, put_json

Json = dict[str, Any]

SHOWN = 50
"""Vouchers of each kind, and accounts, that are shown; --json has all of them."""


def run(screen: Screen, before: Path, after: Path, *, as_json: bool) -> Exit:
    """Compare the files; exit code 0 when the books are the same, 1 when they are not."""
    with told(screen):
        found = compare(lambda: chunks(before), lambda: chunks(after))
        for path, document in ((before, found.before), (after, found.after)):
            _check(screen, path, document)
        if found.mismatch is Mismatch.COMPANY:
            raise Trouble("diff.other-company")
        if found.mismatch is Mismatch.YEAR:
            raise Trouble(
                "diff.other-year",
                before=screen.span(found.before.years.get(0, ())),
                after=screen.span(found.after.years.get(0, ())),
            )
        if as_json:
            put_json(_shaped(found))
        else:
            _show(screen, before, after, found)
    return Exit.OK if found.is_equal else Exit.FINDINGS


def _check(screen: Screen, path: Path, document: Document) -> None:
    """See that it is a SIE file at all, and say when not all of it could be read."""
    check_is_sie(path, document)
    if document.errors:
        screen.warn(f"{path}: {screen.word('diff.errors')}")


def _shaped(found: Comparison) -> Json:
    listed: dict[Kind, list[Json]] = {kind: [] for kind in Kind}
    for each in found.vouchers():
        listed[each.kind].append(_change(each) if each.kind is Kind.CHANGED else _voucher(each.voucher))
    return {
        "equal": found.is_equal,
        **{kind.value: vouchers for kind, vouchers in listed.items()},
        "openings": [
            {"account": account, "before": money.text(old), "after": money.text(new)}
            for account, old, new in found.openings
        ],
        "names": [{"account": account, "before": old, "after": new} for account, old, new in found.names],
    }


def _voucher(voucher: BookedVoucher) -> Json:
    return {
        "series": voucher.series,
        "number": voucher.number,
        "date": days.iso(voucher.date),
        "text": voucher.text,
        "rows": [_row(row) for row in voucher.rows],
    }


def _row(row: BookedRow) -> Json:
    return {
        "account": row.account,
        "amount": money.text(row.amount),
        "objects": row.objects,
        "date": days.iso(row.date),
        "text": row.text,
        "quantity": row.quantity,
    }


def _change(change: Change) -> Json:
    """Shape a changed voucher: as it is now, date and text as they were, and the rows that differ before and after."""
    rows = [{"before": old and _row(old), "after": new and _row(new)} for old, new in change.rows()]
    was = {"date": days.iso(change.before.date), "text": change.before.text} if change.before else {}
    return {**_voucher(change.voucher), "before": was, "differing": rows}


def _show(screen: Screen, before: Path, after: Path, found: Comparison) -> None:
    counts = Counter(each.kind for each in found.vouchers())
    word = screen.word
    told = word("diff.counts", **{kind.value: screen.count(counts[kind]) for kind in Kind})
    screen.head(word("diff.equal") if found.is_equal else told, "green" if found.is_equal else "yellow")
    screen.facts(
        [
            (word("check.company"), found.after.header.company),
            (word("check.year"), screen.span(found.after.years.get(0, ()))),
            (word("diff.before"), _file(screen, before, found.before)),
            (word("diff.after"), _file(screen, after, found.after)),
        ]
    )
    screen.say()
    for kind in Kind:
        _show_kind(screen, kind, counts[kind], (each for each in found.vouchers() if each.kind is kind))
    openings = [
        (account, screen.amount(money.text(old)), screen.amount(money.text(new)))
        for account, old, new in found.openings
    ]
    _show_accounts(screen, "openings", openings, ">")
    _show_accounts(screen, "names", list(found.names), "")


def _file(screen: Screen, path: Path, document: Document) -> str:
    counts = {name: screen.count(getattr(document.counts, name)) for name in ("vouchers", "transactions")}
    return f"{path}  {screen.word('check.counts', **counts)}"


def _show_kind(screen: Screen, kind: Kind, count: int, changes: Iterator[Change]) -> None:
    if not count:
        return
    screen.head(screen.word(f"diff.{kind}"), "default")
    for _, each in zip(range(SHOWN), changes, strict=False):
        screen.say(f"  {_title(screen, each.voucher)}")
        if each.before:
            _show_change(screen, each.voucher, each.before, each.rows())
    _show_rest(screen, count)
    screen.say()


def _title(screen: Screen, voucher: BookedVoucher) -> str:
    parts = (voucher.name, days.iso(voucher.date), screen.amount(money.text(voucher.debit)), voucher.text)
    return "  ".join(part for part in parts if part)


def _show_change(screen: Screen, now: BookedVoucher, was: BookedVoucher, rows: list[RowChange]) -> None:
    if now.date != was.date:
        screen.point(f"{screen.word('diff.date')}: {days.iso(was.date)} → {days.iso(now.date)}")
    if now.text != was.text:
        screen.point(f"{screen.word('diff.text')}: {was.text} → {now.text}")
    for old, new in rows:
        kind = "added" if old is None else "removed" if new is None else "altered"
        sides = " → ".join(_row_text(screen, row) for row in (old, new) if row)
        screen.point(f"{screen.word(f'diff.{kind}')}: {sides}")


def _row_text(screen: Screen, row: BookedRow) -> str:
    objects = " ".join(f"{dimension}:{name}" for dimension, name in row.objects)
    parts = (row.account, screen.amount(money.text(row.amount)), objects, days.iso(row.date), row.text, row.quantity)
    return " ".join(part for part in parts if part)


def _show_accounts(screen: Screen, name: str, rows: list[tuple[str, str, str]], right: str) -> None:
    if not rows:
        return
    columns = (screen.word("sie.account"), right + screen.word("diff.before"), right + screen.word("diff.after"))
    screen.head(screen.word(f"diff.{name}"), "default")
    screen.table("", columns, rows[:SHOWN])
    _show_rest(screen, len(rows))


def _show_rest(screen: Screen, count: int) -> None:
    if count > SHOWN:
        screen.say(f"  {screen.word('diff.rest', count=count - SHOWN)}")
