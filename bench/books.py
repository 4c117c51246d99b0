"""The main job on real books: the real command, once per SIE file of the index, against what the index says of it.

    python -m bench.books --json
    python -m bench.books --only MAMUT

Every run is a process of its own with data of its own, thrown away afterwards. The ratio is runs as expected of all.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

TIMEOUT = 600
_ROW = re.compile(r"^\| (.+?\.se) \| ((?:imported|refused).*?) \| (\d+) \| (\d+) \|", re.MULTILINE | re.IGNORECASE)
_DIFFERING = re.compile(r"differs on (\d+) accounts")
_REFUSED = re.compile(r"voucher (\S+ \S+) .* ([\d.]+)$")


@dataclass(frozen=True, slots=True)
class Case:
    """A row of the index's table "The main job on the 4E files", and where its file is."""

    file: Path
    outcome: str
    vouchers: int
    transactions: int

    @property
    def differing(self) -> int:
        """How many accounts have another #UB than opening balance plus movements."""
        found = _DIFFERING.search(self.outcome)
        return int(found[1]) if found else 0

    @property
    def unbalanced(self) -> tuple[str, str] | None:
        """The voucher that refuses the file, and by how much it does not balance."""
        found = _REFUSED.search(self.outcome) if self.outcome.startswith("refused") else None
        return (found[1], found[2]) if found else None


@dataclass(frozen=True, slots=True)
class Run:
    """What the command did with one file. `wrong` lists what is not as the index says."""

    file: str
    outcome: str
    exit: int
    vouchers: int
    transactions: int
    differing: int
    problem: str
    exported: str
    seconds: float
    wrong: tuple[str, ...]


def samples() -> Path:
    """Say where the real files are: beside the project, or where BRIDGE_SHARED says."""
    given = os.environ.get("BRIDGE_SHARED")
    return (Path(given) if given else Path(__file__).parents[1] / ".." / "shared") / "data" / "sie"


def cases() -> list[Case]:
    """Read the table; empty where the files are not there."""
    index = samples() / "INDEX.md"
    if not index.exists():
        return []
    found = _ROW.findall(index.read_text(encoding="utf-8"))
    return [Case(samples() / path, outcome, int(vouchers), int(rows)) for path, outcome, vouchers, rows in found]


def run(case: Case, port: int) -> Run:
    """Run the command on the file."""
    with tempfile.TemporaryDirectory(prefix="bench-books-") as folder:
        written = Path(folder) / "result.json"
        command = [str(Path(sys.executable).with_name("fortnox-bridge")), "demo", "--exit", "--port", str(port)]
        command += ["--books", str(case.file), "--json", str(written)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, check=False)  # noqa: S603 - our own
        if not written.exists():
            raise SystemExit(f"{case.file.name}: no result, exit code {done.returncode}\n{done.stderr}")
        result = json.loads(written.read_text(encoding="utf-8"))
    return _judged(case, result, done.returncode)


def _judged(case: Case, result: dict[str, Any], code: int) -> Run:
    problem = result.get("problem", {})
    exported = [f"{each['series']} {each['number']}" for each in result["exported"]]
    checks = _refused(case, result, code) if case.unbalanced else _imported(case, result, code)
    return Run(
        file=case.file.name,
        outcome=case.outcome,
        exit=code,
        vouchers=sum(each["vouchers"] for each in result["years"]),
        transactions=sum(each["transactions"] for each in result["years"]),
        differing=sum(each["code"] == "closing-differs" for each in result["findings"]),
        problem=" ".join(map(str, [problem["code"], *problem["params"].values()])) if problem else "",
        exported=", ".join(exported),
        seconds=result["seconds"],
        wrong=tuple(name for name, is_right in checks.items() if not is_right),
    )


def _imported(case: Case, result: dict[str, Any], code: int) -> dict[str, bool]:
    (year,) = result["years"] or [dict.fromkeys(("vouchers", "transactions", "debit", "credit"))]
    differing = [each for each in result["findings"] if each["code"] == "closing-differs"]
    return {
        "exit": code == 0,
        "vouchers": year["vouchers"] == case.vouchers,
        "transactions": year["transactions"] == case.transactions,
        "debit and credit": year["debit"] == year["credit"],
        "stated closings": len(differing) == case.differing,
        "exported": len(result["exported"]) == 1,
        "read back": result["readback"]["equal"],
        "imported again": result["reimport"] == {"own_entries": 1, "double_counted": 0},
        "requests": result["rate_limited"] == 0,
    }


def _refused(case: Case, result: dict[str, Any], code: int) -> dict[str, bool]:
    problem = result.get("problem", {"code": "", "params": {}})
    named = (problem["params"].get("voucher"), problem["params"].get("amount"))
    return {
        "exit": code == 1,
        "problem": problem["code"] == "sie-unbalanced",
        "named": named == case.unbalanced,
        "nothing imported": not result["years"] and not result["exported"],
    }


def _row(each: Run) -> str:
    counts = f"{each.vouchers:>5} {each.transactions:>6} {each.differing:>7}"
    what = each.problem or f"exported {each.exported}"
    verdict = f"WRONG: {', '.join(each.wrong)}" if each.wrong else "as expected"
    return f"{each.file[:38]:38} {each.exit:>4} {counts} {each.seconds:>7.1f}  {what:38} {verdict}"


def main() -> None:
    parser = argparse.ArgumentParser(description="The main job on every SIE 4E file of the index.")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--only", default="", help="files whose name has this")
    parser.add_argument("--port", type=int, default=8900, help="the first of three free ports")
    arguments = parser.parse_args()
    chosen = [case for case in cases() if arguments.only in case.file.name]
    if not chosen:
        print("[]" if arguments.json else f"skipped: {samples()} has none of them")
        return
    if not arguments.json:
        print(f"{'file':38} exit  VERs  TRANS UBdiff seconds")
    runs = []
    for case in chosen:
        runs.append(run(case, arguments.port))
        if not arguments.json:
            print(_row(runs[-1]), flush=True)
    right = sum(not each.wrong for each in runs)
    if arguments.json:
        print(json.dumps([asdict(each) for each in runs], ensure_ascii=False, indent=1))
    else:
        print(f"{right} of {len(runs)} as the index says ({right / len(runs):.4f})")
    sys.exit(right < len(runs))


if __name__ == "__main__":
    main()
