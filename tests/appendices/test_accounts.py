from __future__ import annotations

from bridge.appendices.accounts import DEFAULTS, choose
from bridge.appendices.subledger import Side


def test_claims_are_on_1510_and_debts_on_2440_unless_somebody_says_otherwise() -> None:
    assert choose(DEFAULTS, []) == {Side.RECEIVABLE: ("1510",), Side.PAYABLE: ("2440",)}


def test_preset_accounts_of_the_groups_are_added_once() -> None:
    presets = [("CUSTCLAIM", "1510"), ("FACTORING", "1512"), ("SALES", "3001"), ("SUPPLIERDEBT", "2441")]
    assert choose(DEFAULTS, presets) == {Side.RECEIVABLE: ("1510", "1512"), Side.PAYABLE: ("2440", "2441")}


def test_the_preset_account_of_claims_counts_wherever_it_is() -> None:
    configured = {Side.RECEIVABLE: ("1510", "1515"), Side.PAYABLE: ("2440",)}
    assert choose(configured, [("CUSTCLAIM", "1560")])[Side.RECEIVABLE] == ("1510", "1515", "1560")
