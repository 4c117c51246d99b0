"""Property accounting: whoever provisions a resource says for every property what became of it.

A property is taken (used), ignored (with a reason, so that a reader sees what the local stack leaves out) or an error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from infra.local.cfn import TemplateError

_REQUIRED = object()


class UnknownProperty(TemplateError):
    """A resource has a property that its provisioner neither uses nor ignores for a stated reason."""


class Properties:
    """The resolved properties of one resource (or one nested block). Used as a context: leaving it settles the account."""

    def __init__(self, owner: str, values: Mapping[str, Any]) -> None:
        self.owner = owner
        self._left = dict(values)

    def take(self, name: str, default: Any = None) -> Any:
        """Give the property's value, or the default where the template leaves it out."""
        return self._left.pop(name, default)

    def need(self, name: str) -> Any:
        """Give the value of a property that must be there."""
        value = self._left.pop(name, _REQUIRED)
        if value is _REQUIRED:
            raise TemplateError(f"{self.owner}: the property {name} is missing")
        return value

    def nested(self, name: str) -> Properties:
        """Give a block of properties with an account of its own; an empty one where it is left out."""
        return Properties(f"{self.owner}.{name}", self.take(name, {}))

    def expect(self, name: str, *, only: Sequence[Any]) -> None:
        """Refuse a property with any other value than those the local stack behaves like; the first is the default."""
        value = self.take(name, only[0])
        if value not in only:
            raise TemplateError(f"{self.owner}: {name} is {value!r}; the local stack only does {list(only)!r}")

    def ignore(self, reasons: Mapping[str, str]) -> None:
        """Properties without effect on one machine, each with the reason why."""
        for name in reasons:
            self._left.pop(name, None)

    def rest(self) -> dict[str, Any]:
        """Everything that is left, for a call whose parameters botocore checks by itself."""
        left, self._left = self._left, {}
        return left

    def settle(self) -> None:
        """Fail if anything is neither taken nor ignored."""
        if self._left:
            names = ", ".join(sorted(self._left))
            raise UnknownProperty(f"{self.owner}: the local stack does not know the properties {names}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.settle()
