"""Where an import keeps its files. Keys hold ids and years only, never a name or a number of a person."""

from __future__ import annotations

from typing import NewType

from bridge.jobs.job import JobKey

FileKey = NewType("FileKey", str)
"""Key of a file. Only this module makes one, from a job's key, so that no file is touched without naming its tenant."""


def raw(key: JobKey, year: str) -> FileKey:
    """Name the original SIE bytes of a year, as Fortnox sent them."""
    return FileKey(f"raw/{_root(key)}/{year}.se")


def ledger(key: JobKey, year: str, name: str) -> FileKey:
    """Name a file of a year's imported ledger."""
    return FileKey(f"ledger/{_root(key)}/{year}/{name}")


def subledger(key: JobKey, name: str) -> FileKey:
    """Name a file of the imported subledgers."""
    return FileKey(f"ledger/{_root(key)}/subledger/{name}")


def appendix(key: JobKey, account: str) -> FileKey:
    """Name an appendix."""
    return FileKey(f"ledger/{_root(key)}/appendices/{account}.json")


def _root(key: JobKey) -> str:
    return f"{key.tenant}/{key.engagement}/{key.id}"
