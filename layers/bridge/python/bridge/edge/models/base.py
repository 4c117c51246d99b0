"""The shape all models share."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class Asked(BaseModel):
    """A request body: camelCase, nothing unknown."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True)


class Given(BaseModel):
    """An answer: camelCase."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)


class Span(Asked):
    """From the first to the last day, both included."""

    first: date = Field(alias="from")
    last: date = Field(alias="to")


Id = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9_-]+$")]
"""An id of ours: opaque, safe in a path."""

Amount = Annotated[str, Field(pattern=r"^-?[0-9]{1,15}(\.[0-9]{1,2})?$", examples=["1234.50", "-12.00"])]
"""Kronor as decimal text with a point."""

Params = dict[str, str | int]
"""Parameters of a code."""

Json = dict[str, Any]
"""A JSON object whose shape its own page describes."""
