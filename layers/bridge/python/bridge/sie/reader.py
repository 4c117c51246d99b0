"""A SIE file of type 1 to 4, read as it streams: vouchers leave in parts, the rest becomes a `Document`.

Tolerant: everything that can be read is read, and every deviation is a finding. Only a file larger than the limit is
refused. Memory does not grow with the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from bridge.ledger.checks import VoucherControls
from bridge.ledger.columns import Part
from bridge.ledger.findings import Findings
from bridge.problem import Place
from bridge.sie import controls
from bridge.sie.blocks import Blocks
from bridge.sie.body import Body, Pools
from bridge.sie.checksum import Summation
from bridge.sie.document import Counts, Document
from bridge.sie.encoding import PC8, UTF8, WINDOWS, Decoder
from bridge.sie.findings import SEVERITIES
from bridge.sie.header import HeaderReader
from bridge.sie.limits import DEFAULT, Limits
from bridge.sie.lines import LineReader
from bridge.sie.records import Kind
from bridge.sie.runs import Columns, Run, halves, take_apart, whole_vouchers

Sink = Callable[[Part], None]

_PATIENCE = 500
"""Runs in doubt after which the search for the doubtful voucher stops: the whole run is then read line by line."""

_MOJIBAKE = re.compile("[A-Za-z][”„†Ž™][a-z]")


def read(chunks: Iterable[bytes], sink: Sink, *, name: str = "", limits: Limits = DEFAULT) -> Document:
    """Read a file that comes in chunks of any size; every part goes to the sink and can be forgotten.

    `name` is the file's name, if there is one: `.si` tells an import file (4I) that holds balances from an export.
    Raises Refused("file-too-large") in the middle of the stream; nothing else.
    """
    return Reader(sink, limits).read(chunks, name)


def parse(data: bytes, *, name: str = "", limits: Limits = DEFAULT) -> tuple[Document, list[Part]]:
    """Read a file that is in memory; small ones only, as all its parts are kept."""
    parts: list[Part] = []
    return read([data], parts.append, name=name, limits=limits), parts


class Reader:
    """One reading of one file."""

    def __init__(self, sink: Sink, limits: Limits = DEFAULT) -> None:
        self._sink = sink
        self._limits = limits
        self._findings = Findings(SEVERITIES)
        self._pools = Pools(limits.pool)
        self._body = Body(self._pools)
        self._columns = Columns(self._body)
        self._header = HeaderReader(self._findings, limits)
        self._lines = LineReader(self._body, self._header, self._findings, limits)
        self._decoder = Decoder()
        self._summation = Summation()
        self._doubts = 0
        self._vouchers = VoucherControls(self._findings)

    def read(self, chunks: Iterable[bytes], name: str) -> Document:
        """Read it all, hand over the parts, and say what the file is."""
        blocks = Blocks(chunks, self._limits, self._findings)
        first = 1
        for block in blocks:
            self._block(block, first)
            first = blocks.lines + 1
            if len(self._body.transactions) >= self._limits.part_rows and not self._lines.is_open:
                self._hand_over()
        self._lines.finish(blocks.lines)
        self._hand_over()
        self._vouchers.finish()
        return self._document(blocks, name)

    def _block(self, block: bytes, first: int) -> None:
        text = self._decoder.decode(block)
        if self._decoder.name in {UTF8, WINDOWS}:  # the checksum is over PC8, however the file was saved
            block = text.encode(PC8, "replace")
            self._look_for_mojibake(text, first)
        self._summation.read(block)
        run = take_apart(text, first)
        lines: list[str] = []
        at = 0
        while at < len(run.shape):
            vouchers = None if self._lines.is_open else whole_vouchers(run, at)
            lines = lines or (text.split("\n") if vouchers is None else lines)
            if vouchers is None:
                self._lines.read(lines[at], first + at)
                at += 1
            else:
                lines = self._run(vouchers, text, first, lines)
                at += len(vouchers.shape)

    def _look_for_mojibake(self, text: str, first: int) -> None:
        """Find PC8 letters that were read as Windows-1252 before the file was saved: `F”rs„ljning`."""
        found = [match.start() for match in _MOJIBAKE.finditer(text)]
        if found:
            place = Place(first + text.count("\n", 0, found[0]))
            self._findings.add("text-mojibake", place, times=len(found))

    def _run(self, run: Run, text: str, first: int, lines: list[str]) -> list[str]:
        """Read whole vouchers as columns; where something is in doubt, the smaller half that has it line by line."""
        waiting = [run]
        while waiting:
            each = waiting.pop()
            if self._columns.read(each):
                self._count(each)
                continue
            self._doubts += 1
            parts = halves(each) if self._doubts < _PATIENCE else None
            if parts:
                waiting.extend(reversed(parts))
                continue
            lines = lines or text.split("\n")
            for number in range(each.first, each.first + len(each.shape)):
                self._lines.read(lines[number - first], number)
        return lines

    def _count(self, run: Run) -> None:
        for label, letter in (("#VER", "V"), ("#TRANS", "T"), ("#RTRANS", "R"), ("#BTRANS", "B")):
            self._lines.count(label, run.first + run.shape.find(letter), run.shape.count(letter))

    def _hand_over(self) -> None:
        part = self._body.take()
        if len(part.vouchers):
            self._vouchers.read(part, self._header.years.get(0))
            controls.check_texts(self._findings, part)
            self._sink(part)

    def _document(self, blocks: Blocks, name: str) -> Document:
        seen, header = self._lines.seen, self._header
        kind = kind_of(header.header.type, name, has_vouchers=seen["#VER"] > 0, has_balances=len(header.balances) > 0)
        checksum = self._summation.checksum
        whole = controls.Controls(self._findings, header, self._pools, self._lines)
        whole.check(kind)
        controls.check_file(self._findings, seen, self._decoder.encoding, checksum)
        return Document(
            kind,
            header.header,
            header.years,
            header.accounts,
            header.dimensions,
            header.objects,
            header.balances,
            Counts(seen["#VER"], seen["#TRANS"], seen["#RTRANS"], seen["#BTRANS"], blocks.size, blocks.lines),
            checksum,
            self._decoder.encoding,
            self._findings.all(),
            self._vouchers.highest,
            whole.dimension_sizes(),
        )


def kind_of(type_: int, name: str, *, has_vouchers: bool, has_balances: bool) -> Kind:
    """Tell 4I from 4E, which both say type 4: by the suffix `.si`, else vouchers without any balance are an import."""
    if type_ != 4:
        return Kind(str(type_))
    if name.lower().endswith(".si") or (has_vouchers and not has_balances):
        return Kind.IMPORT
    return Kind.EXPORT
