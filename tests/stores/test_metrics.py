from __future__ import annotations

import json

import pytest

from bridge.stores.metrics import Metrics


def test_a_count_is_a_line_of_the_log_that_cloudwatch_reads(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "Broker")
    Metrics().count("TokensInEscrow")
    told = json.loads(capsys.readouterr().out)
    [measured] = told["_aws"]["CloudWatchMetrics"]
    assert measured["Namespace"] == "FortnoxBridge"
    assert measured["Metrics"] == [{"Name": "TokensInEscrow", "Unit": "Count"}]
    assert told["TokensInEscrow"] == [1.0]
