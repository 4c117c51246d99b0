"""The SIE answer: a stream of CP437 bytes without a charset, with what the knobs do to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain

from infra.local.fortnox import sie_writer
from infra.local.fortnox.answers import Answer, Call, iso, whole
from infra.local.fortnox.errors import Refusal
from infra.local.fortnox.routes import YEAR, Route
from infra.local.fortnox.sie_writer import Request, Selection

_CHUNK = 64 * 1024
_PADDING = '#PROSA "{}"'


def sie(call: Call) -> Answer:
    """GET sie/{Type}. The lines are made while the books hold still; padding and encoding stream."""
    if call.values["Type"] not in ("1", "2", "3", "4"):
        raise Refusal("identifier")
    if "financialYear" in call.query:
        call.query = {**call.query, "financialyear": call.query["financialYear"]}
    year = call.year()
    if call.query.get("exportall", "true") not in ("true", "false"):
        raise Refusal("not-boolean", value=call.query["exportall"])
    request = Request(call.company, year, int(call.values["Type"]), call.today, call.org_number, _selection(call))
    lines = list(sie_writer.lines(request))
    if call.knobs.sie_unbalanced:
        _unbalance(lines, request)
    stream: Iterable[bytes] = map(sie_writer.encode, lines)
    if call.knobs.sie_size is not None:
        stream = _padded(list(stream), call.knobs.sie_size)
    if call.knobs.sie_truncated:
        whole_answer = b"".join(stream)
        stream = [whole_answer[: len(whole_answer) * 2 // 3]]
    return Answer(200, _chunks(stream), "application/octet-stream")


def _selection(call: Call) -> Selection:
    year = call.year()
    first, last = call.query.get("fromdate", ""), call.query.get("todate", "")
    for day in filter(None, (first, last)):
        if not year.first <= iso(day) <= year.last:
            raise Refusal("no-year")
    return Selection(first, last, tuple(_intervals(call.query.get("selection", ""))))


def _intervals(selection: str) -> Iterator[tuple[str, int, int]]:
    for interval in filter(None, selection.split(";")):
        parts = interval.split(",")
        if len(parts) != 3:
            raise Refusal("selection")
        yield parts[0], whole(parts[1]), whole(parts[2])


def _unbalance(lines: list[str], request: Request) -> None:
    """Make the first row of the last voucher that has rows 1,00 larger, and leave the balances alone."""
    for voucher in reversed(request.year.vouchers):
        if voucher.booked and request.selection.takes(voucher):
            spoilt = replace(
                voucher, rows=(replace(voucher.rows[0], amount=voucher.rows[0].amount + 100), *voucher.rows[1:])
            )
            right = list(sie_writer.voucher_lines(voucher))
            place = len(lines) - 1 - lines[::-1].index(right[0])
            lines[place : place + len(right)] = sie_writer.voucher_lines(spoilt)
            return


def _padded(lines: list[bytes], size: int) -> Iterator[bytes]:
    """Give the lines with `#PROSA` lines before the accounts, so that all of it has exactly that size (never less)."""
    head = next(place for place, line in enumerate(lines) if line == b"\r\n")
    missing = max(size - sum(map(len, lines)), 0)
    return chain(lines[:head], _prose(missing), lines[head:])


def _prose(missing: int) -> Iterator[bytes]:
    line = sie_writer.encode(_PADDING.format("x" * 988))
    while missing >= 2 * len(line):
        yield line
        missing -= len(line)
    shortest = len(sie_writer.encode(_PADDING.format("")))
    if missing >= shortest:
        yield sie_writer.encode(_PADDING.format("x" * (missing - shortest)))
    elif missing:
        yield b"\n" * missing


def _chunks(stream: Iterable[bytes]) -> Iterator[bytes]:
    waiting, size = [], 0
    for piece in stream:
        waiting.append(piece)
        size += len(piece)
        if size >= _CHUNK:
            yield b"".join(waiting)
            waiting, size = [], 0
    yield b"".join(waiting)


ROUTES = (
    Route(
        "GET",
        "sie/{Type}",
        ("bookkeeping",),
        sie,
        YEAR | {"financialYear", "fromdate", "todate", "exportall", "selection"},
    ),
)
