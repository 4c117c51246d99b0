"""Which control accounts an appendix is of: those configured, and those Fortnox itself posts claims and debts to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bridge.appendices.subledger import Side

Accounts = Mapping[Side, Sequence[str]]
"""The control accounts of each side that are taken as one. The appendix goes under the first."""

DEFAULTS: Accounts = {Side.RECEIVABLE: ("1510",), Side.PAYABLE: ("2440",)}

CLAIMS = "CUSTCLAIM"
"""Fortnox's name of the preset account for customer claims; what it calls the one for debts to suppliers nobody has published."""

_GROUPS = {Side.RECEIVABLE: "151", Side.PAYABLE: "244"}
"""The BAS groups of claims on customers (pledged and doubtful ones too) and debts to suppliers."""


def choose(configured: Accounts, presets: Iterable[tuple[str, str]]) -> dict[Side, tuple[str, ...]]:
    """Add Fortnox's preset accounts (förvalda konton: name, account) that claims and debts go to, each account once."""
    found = {side: list(configured[side]) for side in Side}
    for name, account in presets:
        for side in Side:
            if account.startswith(_GROUPS[side]) or (name, side) == (CLAIMS, Side.RECEIVABLE):
                found[side].append(account)
    return {side: tuple(dict.fromkeys(accounts)) for side, accounts in found.items()}
