"""A company's consent of either kind, with one engagement on it."""

from __future__ import annotations

import pytest

from bridge.flows import broker
from bridge.tokens.connection import Connection, Mode
from tests.flows.consented import engage
from tests.stand_ins.world import FakeWorld


@pytest.fixture
def personal(world: FakeWorld) -> Connection:
    broker.exchange(world, "once", Mode.PERSONAL)
    return engage(world, "e1")


@pytest.fixture
def service(world: FakeWorld) -> Connection:
    broker.exchange(world, "once", Mode.SERVICE)
    return engage(world, "e1")
