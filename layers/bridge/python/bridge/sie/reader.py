"""A SIE file of type 1 to 4, read as it streams: vouchers leave in parts, the rest becomes a `Document`.

Tolerant: everything that can be read is read, and every deviation is a finding. Only a file larger than the limit is
refused. Memory does not grow with the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from bridge.ledger.checks import VoucherControls
from bridge.ledger.columns import Part
from bridge.ledger.findings import Findings
from bridge.problem import Place
from bridge.sie import controls
from bridge.sie.blocks import Blocks
from bridge.sie.body import Body, Pools
from bridge.sie.checksum import Checksum, Summation
from bridge.sie.document import Counts, Document
from bridge.sie.encoding import PC8, RUINED, UTF8, WINDOWS, Decoder
from bridge.sie.findings import SEVERITIES, STRICT
from bridge.sie.header import HeaderReader
from bridge.sie.limits import DEFAULT, Limits
from bridge.sie.lines import LineReader
from bridge.sie.records import Kind
from bridge.sie.runs import Columns, Run, find_run, halves, tidied

Sink = Callable[[Part], None]

_PART_SIZE = 1 << 24
"""Bytes after which a part is handed over, however few rows it has: texts may be long."""

_PATIENCE = 24
"""Doubts in a block after which the search for the doubtful vouchers stops: what is in doubt is read line by line."""

_MARKED = bytes(0 if byte in b"\\\x7f" or (byte < 32 and byte not in b"\t\r\n") else byte for byte in range(256))
"""Makes a zero of a backslash and of every control character."""


def read(
    chunks: Iterable[bytes],
    sink: Sink,
    *,
    name: str = "",
    limits: Limits = DEFAULT,
    strict: bool = False,
    controls: bool = False,
) -> Document:
    """Read a file that comes in chunks of any size; every part goes to the sink and can be forgotten.

    `name` is the file's name, if there is one: `.si` tells an import file (4I) that holds balances from an export.
    `strict` makes every deviation from the specification an error; what is read stays the same.
    `controls` adds what reading does not need: the checksum, and the sums, dates, numbers and texts of the vouchers.
    Raises Refused("file-too-large") in the middle of the stream; nothing else.
    """
    return Reader(sink, limits, strict=strict, controls=controls).read(chunks, name)


def parse(
    data: bytes, *, name: str = "", limits: Limits = DEFAULT, strict: bool = False
) -> tuple[Document, list[Part]]:
    """Read a file that is in memory, with all controls of the reader; small ones only, as all its parts are kept."""
    parts: list[Part] = []
    return read([data], parts.append, name=name, limits=limits, strict=strict, controls=True), parts


class Reader:
    """One reading of one file."""

    def __init__(self, sink: Sink, limits: Limits = DEFAULT, *, strict: bool, controls: bool) -> None:
        self._sink = sink
        self._limits = limits
        self._findings = Findings(STRICT if strict else SEVERITIES)
        self._pools = Pools(limits.pool, limits.declared)
        self._body = Body(self._pools)
        self._columns = Columns(self._body)
        self._header = HeaderReader(self._findings, limits)
        self._lines = LineReader(self._body, self._header, self._findings, limits)
        self._decoder = Decoder()
        self._summation = Summation() if controls else None
        self._vouchers = VoucherControls(self._findings) if controls else None

    def read(self, chunks: Iterable[bytes], name: str) -> Document:
        """Read it all, hand over the parts, and say what the file is."""
        blocks = Blocks(chunks, self._limits, self._findings)
        first, handed_over = 1, 0
        for block in blocks:
            self._block(block, first)
            first = blocks.lines + 1
            if self._body.size >= self._limits.part_rows or blocks.size - handed_over >= _PART_SIZE:
                self._hand_over()
                handed_over = blocks.size
        self._lines.finish(blocks.lines)
        self._hand_over()
        return self._document(blocks, name)

    def _block(self, block: bytes, first: int) -> None:
        plain, odd = _with_line_feeds(block)
        text = self._decoder.decode(plain, first)
        transcoded = self._decoder.name in {UTF8, WINDOWS}
        if transcoded:
            self._look_for_mojibake(text, first)
        if self._summation:  # it is over PC8, however the file was saved
            self._summation.read(text.encode(PC8, "replace") if transcoded else block)
        begin, end = find_run(text, is_open=self._lines.is_open)
        first = self._read_lines(text[:begin], first)
        self._run(Run(text[begin:end], first, odd))
        if end < len(text):
            self._read_lines(text[end:], first + text.count("\n", begin, end))

    def _read_lines(self, text: str, first: int) -> int:
        """Read lines the careful way; gives the number of the line after them."""
        lines = text.split("\n")
        for number, line in enumerate(lines, first):
            self._lines.read(line, number)
        return first + len(lines) - 1

    def _look_for_mojibake(self, text: str, first: int) -> None:
        """Find PC8 letters that were read as Windows-1252 before the file was saved: `F”rs„ljning`."""
        found = [match.start() for match in RUINED.finditer(text)]
        if found:
            place = Place(first + text.count("\n", 0, found[0]))
            self._findings.add("text-mojibake", place, times=len(found))

    def _run(self, run: Run) -> None:
        """Read whole vouchers as columns; where something is in doubt, the smaller half that has it line by line."""
        waiting = [run] if run.text else []
        doubts = 0
        while waiting:
            each = waiting.pop()
            counted = None if self._lines.is_open else self._columns.read(each)
            if counted:
                self._count(each, counted)
                continue
            parts = [] if doubts else tidied(each)
            if doubts < _PATIENCE:
                parts = parts or halves(each)
            doubts += 1
            waiting.extend(reversed(parts))
            if not parts:
                self._read_lines(each.text, each.first)

    def _count(self, run: Run, counted: Mapping[str, int]) -> None:
        for label, times in counted.items():
            before = "" if label == "#VER" else "\n"
            self._lines.count(label, run.first + run.text.count("\n", 0, run.text.find(before + label) + 1), times)

    def _hand_over(self) -> None:
        part = self._body.take()
        if len(part.vouchers):
            if self._vouchers:
                self._vouchers.read(part, self._header.years.get(0))
                controls.check_texts(self._findings, part)
            self._sink(part)

    def _document(self, blocks: Blocks, name: str) -> Document:
        seen, header = self._lines.seen, self._header
        is_balanced = len(header.balances) > 0 or "#OMFATTN" in seen
        kind = kind_of(header.header.type, name, has_vouchers=seen["#VER"] > 0, has_balances=is_balanced)
        checksum = self._summation.checksum if self._summation else Checksum()
        if self._vouchers:
            self._vouchers.finish(numbered=kind is Kind.EXPORT)
        whole = controls.Controls(self._findings, header, self._pools, self._lines)
        whole.check(kind)
        controls.check_file(self._findings, seen, self._decoder.encoding, checksum)
        return Document(
            kind,
            replace(header.header, comments=tuple(header.comments)),
            header.years,
            header.accounts,
            header.dimensions,
            header.objects,
            header.balances,
            Counts(seen["#VER"], seen["#TRANS"], seen["#RTRANS"], seen["#BTRANS"], blocks.size, blocks.lines),
            checksum,
            self._decoder.encoding,
            self._findings.all(),
            whole.dimension_sizes(),
        )


def _with_line_feeds(block: bytes) -> tuple[bytes, bool]:
    """Make every line of a block end with a line feed alone, and tell whether it may hold anything odd."""
    plain = block.translate(_MARKED, b"\r")
    returns = len(block) - len(plain)
    if b"\0" in plain or (returns and returns != block.count(b"\r\n")):
        return block.replace(b"\r\n", b"\n"), True
    return plain, False


def kind_of(type_: int, name: str, *, has_vouchers: bool, has_balances: bool) -> Kind:
    """Tell 4I from 4E, which both say type 4: by the suffix `.si`, else vouchers without any balance are an import.

    `#OMFATTN`, the day the balances are of, speaks for an export whose balances are all zero and left out.
    """
    if type_ != 4:
        return Kind(str(type_))
    if name.lower().endswith(".si") or (has_vouchers and not has_balances):
        return Kind.IMPORT
    return Kind.EXPORT
