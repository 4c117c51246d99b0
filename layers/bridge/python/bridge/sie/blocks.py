"""Cut a stream of chunks into blocks of whole lines, within limits, and count what went by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bridge.ledger.findings import Findings
from bridge.problem import Place, refuse
from bridge.sie.limits import Limits

FIRST = 1 << 18
"""Bytes of the first block, by which the encoding is judged."""

BLOCK = 1 << 16
"""Bytes of the others: large enough for columns to pay, small enough for the processor's cache."""


class Blocks:
    """The file as blocks of whole lines, cut after a voucher where one ends. `size` and `lines` count as it goes."""

    def __init__(self, chunks: Iterable[bytes], limits: Limits, findings: Findings) -> None:
        self.size = 0
        self.lines = 0
        self._chunks = chunks
        self._limits = limits
        self._findings = findings

    def __iter__(self) -> Iterator[bytes]:
        """Give each block; raises Refused("file-too-large") as soon as the limit is passed."""
        pending = b""
        for piece in self._line_feeds(self._pieces()):
            pending += piece
            end = _cut(pending)
            if end:
                yield self._counted(pending[:end])
            pending = self._clipped(pending[end:])
        if pending:
            yield self._counted(pending + b"\n")

    def _pieces(self) -> Iterator[bytes]:
        gathered: list[bytes] = []
        size, enough = 0, FIRST
        for chunk in self._chunks:
            self.size += len(chunk)
            if self.size > self._limits.size:
                raise refuse("file-too-large", size=self.size, limit=self._limits.size)
            for start in range(0, len(chunk), BLOCK):
                gathered.append(chunk[start : start + BLOCK])
                size += len(gathered[-1])
                if size >= enough:
                    yield b"".join(gathered)
                    gathered.clear()
                    size, enough = 0, BLOCK
        yield b"".join(gathered)

    @staticmethod
    def _line_feeds(pieces: Iterator[bytes]) -> Iterator[bytes]:
        """Read a file whose lines end with CR alone, as old Macintosh programs wrote them."""
        first = next(pieces)
        alone = b"\n" not in first and b"\r" in first
        yield first.replace(b"\r", b"\n") if alone else first
        for piece in pieces:
            yield piece.replace(b"\r", b"\n") if alone else piece

    def _clipped(self, pending: bytes) -> bytes:
        """Forget the rest of a line that is already too long, so that it cannot fill the memory."""
        return pending if b"\n" in pending else pending[: self._limits.line + 1]

    def _counted(self, block: bytes) -> bytes:
        first = self.lines + 1
        self.lines += block.count(b"\n")
        return self._without_long_lines(block, first) if self._has_long_line(block) else block

    def _has_long_line(self, block: bytes) -> bool:
        """Tell whether a line may be too long: a stretch of half the limit without a line end is the sign."""
        step = max(self._limits.line // 2, 1)
        return any(block.find(b"\n", start, start + step) < 0 for start in range(0, len(block) - step, step))

    def _without_long_lines(self, block: bytes, first: int) -> bytes:
        lines = block.split(b"\n")
        for index, line in enumerate(lines):
            if len(line) > self._limits.line:
                self._findings.add("line-too-long", Place(line=first + index), limit=self._limits.line)
                lines[index] = b""
        return b"\n".join(lines)


def _cut(pending: bytes) -> int:
    """Where the last voucher of the bytes ends, else the last line; 0 when there is no whole line."""
    brace = pending.rfind(b"\n}")
    return (pending.find(b"\n", brace + 1) + 1 if brace >= 0 else 0) or pending.rfind(b"\n") + 1
