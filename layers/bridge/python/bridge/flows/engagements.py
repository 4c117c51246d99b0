"""Engagements: create one whose every field is right, read one, list the tenant's."""

from __future__ import annotations

from collections.abc import Sequence

from bridge.engagements import validation
from bridge.engagements.caller import Caller
from bridge.engagements.engagement import Engagement
from bridge.flows import lookup
from bridge.ports import World
from bridge.problem import Problem, Refused


def create(world: World, caller: Caller, draft: validation.Draft) -> Engagement:
    """Create an engagement; everything wrong with it is told at once, field by field."""
    made = validation.create(caller.tenant, world.ids.new("eng"), draft)
    if not isinstance(made, Engagement):
        raise Refused(made[0] if len(made) == 1 else Problem("invalid-request"), made)
    world.engagements.put(made)
    return made


def read(world: World, caller: Caller, engagement_id: str) -> Engagement:
    """Read one of the tenant's engagements."""
    return lookup.engagement(world, caller.tenant, engagement_id)


def list_all(world: World, caller: Caller) -> Sequence[Engagement]:
    """List the tenant's engagements by name."""
    return world.engagements.list(caller.tenant)
