"""Metrics as CloudWatch reads them out of a function's log: no call, no waiting."""

from __future__ import annotations

from aws_lambda_powertools.metrics import MetricUnit, single_metric

NAMESPACE = "FortnoxBridge"


class Metrics:
    """Implements `ports.Metrics`."""

    def count(self, name: str) -> None:
        """Count that it happened once."""
        with single_metric(name=name, unit=MetricUnit.Count, value=1, namespace=NAMESPACE):
            pass
