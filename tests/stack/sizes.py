"""How much is run: a little each time, all of it where BRIDGE_FULL is set."""

from __future__ import annotations

import os

import pytest

FULL = bool(os.environ.get("BRIDGE_FULL"))  # noqa: TID251 - asks for the long run
SEED = int(os.environ.get("BRIDGE_SEED", "20261120"))  # noqa: TID251 - repeats a run

full = (pytest.mark.full, pytest.mark.skipif(not FULL, reason='full size: BRIDGE_FULL=1 make test ARGS="-m full"'))
"""Marks of what is run in full size only."""

DUE = 1000 if FULL else 12
"""Connections whose refresh tokens are due at once."""
