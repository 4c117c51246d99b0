"""Where an import keeps its files. Keys hold ids and years only, never a name or a number of a person."""

from __future__ import annotations

from bridge.jobs.job import JobKey


def raw(key: JobKey, year: str) -> str:
    """Name the original SIE bytes of a year, as Fortnox sent them."""
    return f"raw/{_root(key)}/{year}.se"


def ledger(key: JobKey, year: str, name: str) -> str:
    """Name a file of a year's imported ledger."""
    return f"ledger/{_root(key)}/{year}/{name}"


def subledger(key: JobKey, name: str) -> str:
    """Name a file of the imported subledgers."""
    return f"ledger/{_root(key)}/subledger/{name}"


def appendix(key: JobKey, account: str) -> str:
    """Name an appendix."""
    return f"ledger/{_root(key)}/appendices/{account}.json"


def _root(key: JobKey) -> str:
    return f"{key.tenant}/{key.engagement}/{key.id}"
