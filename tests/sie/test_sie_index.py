"""Real files from many programs, against an index that an independent slow reader made."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from bridge.ledger import money
from bridge.problem import Finding
from bridge.sie import Document, check, parse, write

CODES = {
    "too few fields": ("field-missing",),
    "extra trailing fields": ("field-extra",),
    "missing": ("record-missing",),
    "not allowed in type": ("record-forbidden",),
    "record group out of order": ("record-out-of-order",),
    "object not declared": ("object-undeclared",),
    "accounts used but not declared": ("account-undeclared",),
    "!= #UB -1": ("ib-gap",),
    "sum(UB 0)+sum(RES 0)": ("balances-unbalanced",),
    "movements != UB": ("closing-differs",),
    "movements != #RES": ("result-differs",),
    "empty voucher": ("voucher-empty",),
    "unbalanced voucher": ("voucher-unbalanced",),
    "duplicate voucher number": ("voucher-number-duplicate",),
    "verno not ascending": ("voucher-number-descending",),
    "not followed by identical": ("row-added-differs", "row-added-unmatched"),
    "verdate outside": ("voucher-outside-year",),
    "bad transdate": ("date-invalid",),
    "#KTYP before/without #KONTO": ("account-detail-orphan",),
    "#ORGNR format": ("org-number-malformed",),
    "stray }": ("brace-stray",),
    "encoding cp437/mixed": ("encoding-guessed",),
}
"""What the index calls a defect, and what we call it."""

OF_ACCOUNTS = {"account-undeclared", "ib-gap", "closing-differs", "result-differs"}
"""Defects of which the index gives no line, and we the account."""


def test_counts_checksum_and_encoding_equal_the_index(indexed: list[str], samples: Path) -> None:
    folder, name, _, size, encoding, _, _, kind, vouchers, rows, history, checksum, _ = indexed
    document, parts = parse((samples / folder / name).read_bytes(), name=name)
    counts = document.counts
    assert document.kind.value == kind
    assert [counts.size, counts.vouchers, counts.transactions] == [int(size), int(vouchers), int(rows)]
    assert f"{counts.added}/{counts.struck}" == history
    assert document.checksum.verdict == (checksum or "absent")
    assert document.checksum.stated == document.checksum.computed
    assert document.encoding.name + ("/mixed" if document.encoding.guessed else "") == encoding
    assert sum(len(part.transactions) for part in parts) == int(rows)


def test_every_defect_of_the_index_is_found_where_and_as_often_as_it_says(indexed: list[str], samples: Path) -> None:
    folder, name, known = indexed[0], indexed[1], indexed[-1]
    report = check([(samples / folder / name).read_bytes()], name=name)
    for defect in filter(None, known.split("; ")):
        codes = _codes(defect)
        label = re.search(r"#[A-Z]+", defect) if "field" in defect or "missing" in defect else None
        found = [each for each in report.findings if each.code in codes and _is_about(each, label)]
        if codes == ("ib-gap",):  # the index looks at the current year only
            found = [each for each in found if each.params["date"] == report.document.years[0][0].isoformat()]
        assert found, defect
        line = re.search(r"\(line (\d+)\)", defect)
        if line:
            assert min(each.place.line or 0 for each in found if each.place) == int(line[1]), defect
        elif OF_ACCOUNTS.intersection(codes):
            assert all(each.place and each.place.account for each in found), defect
        times = re.search(r" x(\d+)|\((\d+)(?: accounts)?\)$", defect)
        if codes != ("record-forbidden",):  # the index says that there are some, we say how many
            assert sum(each.count for each in found) == int((times and (times[1] or times[2])) or 1), defect


def test_no_error_is_found_that_the_index_does_not_list(indexed: list[str], samples: Path) -> None:
    folder, name, known = indexed[0], indexed[1], indexed[-1]
    listed = {code for defect in filter(None, known.split("; ")) for code in _codes(defect)}
    report = check([(samples / folder / name).read_bytes()], name=name)
    assert {each.code for each in report.errors} <= listed


def _codes(defect: str) -> tuple[str, ...]:
    return next(codes for phrase, codes in CODES.items() if phrase in defect)


def _is_about(finding: Finding, label: re.Match[str] | None) -> bool:
    return label is None or finding.params.get("label", label[0]) == label[0]


def test_the_export_files_do_the_main_job_as_the_index_says(main_job: list[str], samples: Path) -> None:
    _, path, outcome, vouchers, rows, _ = main_job
    report = check([(samples / path).read_bytes()], name=path)
    assert (report.ledger.vouchers, report.ledger.transactions) == (int(vouchers), int(rows))
    differing = Counter(each.code for each in report.findings)["closing-differs"]
    if outcome.startswith("refused"):
        (error,) = report.errors
        assert (error.code, dict(error.params)) == ("voucher-unbalanced", {"voucher": "KF 3", "amount": "512.00"})
        assert error.place is not None
        assert error.place.line == 40
    else:
        assert report.errors == ()
        assert report.ledger.debit == report.ledger.credit
        assert differing == (0 if "UB agrees" in outcome else 4)
        _assert_balances_follow_from_the_rows(report.document, samples / path)


def _assert_balances_follow_from_the_rows(document: Document, path: Path) -> None:
    """Recompute every account from rows one by one, and compare with the columns' ledger at the year's end."""
    ledger = check([path.read_bytes()], name=path.name).ledger
    slow = Counter(document.balances.of("#IB", 0))
    for part in parse(path.read_bytes())[1]:
        for row in part.rows():
            slow[row.account] += row.amount
    last = document.years[0][1]
    for account in ledger.accounts:
        assert money.text(ledger.closing(account)) == money.text(slow[account])
        assert ledger.balance(account, last) == slow[account]


def test_what_is_written_reads_back_as_the_same_books(indexed: list[str], samples: Path) -> None:
    _assert_reads_back(samples / indexed[0] / indexed[1])


def test_what_is_written_of_the_export_files_reads_back_as_the_same_books(main_job: list[str], samples: Path) -> None:
    _assert_reads_back(samples / main_job[1])


def _assert_reads_back(path: Path) -> None:
    document, parts = parse(path.read_bytes(), name=path.name)
    again, parts_again = parse(b"".join(write(document, parts, checksum=True)), name=path.name)
    assert again == document
    assert parts_again == parts
    assert again.checksum.verdict == "ok"
    assert again.encoding.guessed == document.encoding.guessed
