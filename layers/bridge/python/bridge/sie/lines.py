"""The careful path: one line at a time, every rule of the format, every deviation a finding with its line.

It reads everything that is not a run of flawless vouchers (see `bridge.sie.runs`), and gives the same columns.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from typing import Any

from bridge.ledger import days
from bridge.ledger.findings import Findings
from bridge.problem import Place
from bridge.sie.body import Body
from bridge.sie.fields import FieldReader, Line
from bridge.sie.header import HeaderReader
from bridge.sie.limits import Limits
from bridge.sie.records import RECORDS, Group

_AFTER_LABEL = re.compile("[ \t{]")
_ROWS = {"#TRANS": "T", "#RTRANS": "R", "#BTRANS": "B"}


class LineReader:
    """Reads lines in turn. Between lines it remembers the voucher that is open and where it began."""

    def __init__(self, body: Body, header: HeaderReader, findings: Findings, limits: Limits) -> None:
        self.seen: Counter[str] = Counter()
        self.first_lines: dict[str, int] = {}
        self._body = body
        self._header = header
        self._findings = findings
        self._limits = limits
        self._fields = FieldReader(findings, limits)
        self._voucher = 0
        self._braced = False
        self._brace_missing = False
        self._group = Group.FLAG
        self._records = 0
        self._summed = False

    @property
    def is_open(self) -> bool:
        """Whether a voucher has begun and not ended: what follows belongs to it."""
        return self._voucher > 0

    def read(self, text: str, number: int) -> None:
        """Take in a line without its line feed."""
        line = text.strip(" \t\r\x1a")
        if not line:
            return
        if line[0] == "#":
            self._record(line, number)
        elif line[0] in "{}":
            self._braces(line, number)
        else:
            self._findings.add("line-not-a-record", Place(number))

    def count(self, label: str, line: int, times: int) -> None:
        """Note that records of a label have been read elsewhere, the first of them on the line."""
        if times:
            self._tell_uncovered(line)
            self.seen[label] += times
            self.first_lines.setdefault(label, line)
            self._records += times
            self._group = Group.BALANCES

    def finish(self, number: int) -> None:
        """End the file: a voucher still open is closed, and told."""
        if self.is_open:
            self._close_unasked(number)

    def _record(self, line: str, number: int) -> None:
        label = _AFTER_LABEL.split(line, 1)[0]
        rest = line[len(label) :]
        label = label.upper()
        self._note(label, number)
        record = RECORDS.get(label)
        if record is None:
            self._findings.add("record-unknown", Place(number), label=label[:50])
            return
        if label in _ROWS:
            self._row(Line(label, rest, number))
            return
        if self.is_open:
            self._close_unasked(number)
        self._order(record.group, number)
        if label == "#VER":
            self._open(Line(label, rest, number))
        elif label == "#KSUMMA":
            self._checksum(rest, number)
        else:
            if not record.several and self.seen[label] > 1:
                self._findings.add("record-repeated", Place(number), label=label)
            self._header.read(record, Line(label, rest, number))

    def _note(self, label: str, number: int) -> None:
        """Count a record of the specification; the flag must be the first of all."""
        if label in RECORDS:
            self.seen[label] += 1
            self.first_lines.setdefault(label, number)
        self._records += 1
        self._tell_uncovered(number)
        if label == "#FLAGGA" and self._records > 1 and self.seen[label] == 1:
            self._findings.add("flag-not-first", Place(number))

    def _checksum(self, value: str, number: int) -> None:
        """See that the checksum begins right after the flag and ends the file; the sum itself is computed elsewhere."""
        if self.seen["#KSUMMA"] == 1 and not value.strip() and self._records > 2:
            self._findings.add("record-out-of-order", Place(number))
        self._summed = self.seen["#KSUMMA"] == 2

    def _tell_uncovered(self, number: int) -> None:
        """Tell the first record after the closing checksum: whoever trusts the sum does not know of it."""
        if self._summed:
            self._findings.add("record-after-checksum", Place(number))
            self._summed = False

    def _order(self, group: Group, number: int) -> None:
        if group is Group.CHECKSUM:
            return
        if group < self._group:
            self._findings.add("record-out-of-order", Place(number))
        else:
            self._group = group

    def _open(self, line: Line) -> None:
        braced = line.rest.endswith("{")
        if braced:
            self._findings.add("brace-not-alone", Place(line.number))
            line = Line(line.label, line.rest[:-1], line.number)
        series, number, day, text, registered, sign = self._fields.read(RECORDS["#VER"], line)
        name = f"{series or ''} {number or ''}".strip()
        if day is None:
            self._findings.add("voucher-date-missing", Place(line.number, voucher=name), voucher=name)
        texts = (str(series or ""), str(number or ""), str(text or ""), str(sign or ""))
        self._body.open(texts, (_number(day), _number(registered)), line.number)
        self._voucher, self._braced = line.number, braced

    def _row(self, line: Line) -> None:
        if not self.is_open:
            self._findings.add("row-outside-voucher", Place(line.number), label=line.label)
            return
        if not self._braced:
            self._findings.add("brace-missing", Place(self._voucher))
            self._braced = self._brace_missing = True
        if self._body.open_rows >= self._limits.rows:
            self._findings.add("limit-exceeded", Place(line.number), what="rows", limit=self._limits.rows)
            return
        self._add(line, self._fields.read(RECORDS[line.label], line))

    def _add(self, line: Line, found: list[Any]) -> None:
        name, objects, amount, day, text, quantity, sign = found
        if not name or amount is None:
            if amount is not None:
                self._findings.add("record-incomplete", Place(line.number), label=line.label, field="account")
            return
        account = self._body.pools.account(name, line.number)
        object_set = self._body.pools.object_set(objects, line.number)
        if account is None or object_set is None:
            self._findings.add("limit-exceeded", Place(line.number), what="pool", limit=self._limits.pool)
            return
        rest = (_number(day), text or "", quantity or "", sign or "")
        self._body.add(_ROWS[line.label], (account, object_set, amount), rest, line.number)

    def _open_brace(self, number: int) -> None:
        if self.is_open and not self._braced:
            self._braced = True
        else:
            self._findings.add("brace-stray", Place(number), brace="{")

    def _close_brace(self, number: int) -> None:
        if not self.is_open:
            self._findings.add("brace-stray", Place(number), brace="}")
            return
        if self._brace_missing:
            self._findings.add("brace-stray", Place(number), brace="}")
        self._close()

    def _braces(self, line: str, number: int) -> None:
        """Read the braces a line begins with; one that shares its line with something else is told."""
        if len(line) > 1:
            self._findings.add("brace-not-alone", Place(number))
        rest = line.lstrip("{} \t")
        for letter in line[: len(line) - len(rest)]:
            if letter == "{":
                self._open_brace(number)
            elif letter == "}":
                self._close_brace(number)
        self.read(rest, number)

    def _close_unasked(self, number: int) -> None:
        """Close a voucher whose brace never came; one without rows and braces at all is only empty."""
        if self._braced:
            self._findings.add("voucher-not-closed", Place(self._voucher), next_line=number)
        self._close()

    def _close(self) -> None:
        self._body.close()
        self._voucher, self._brace_missing = 0, False


def _number(day: object) -> int:
    return days.number(day) if isinstance(day, date) else days.NONE
