"""One line per method and path of the API: who may call it, with which parameters, and what answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from infra.local.fortnox.answers import Answer, Call

PAGING = frozenset(("page", "limit", "offset", "sortby", "sortorder", "lastmodified"))
"""What every list takes. `lastmodified` is compared where the simulator keeps the time, and ignored elsewhere."""
YEAR = frozenset(("financialyear", "financialyeardate"))


@dataclass(frozen=True, slots=True)
class Route:
    """A path template below /3 and its handler. A token with any one of `scopes` may call it."""

    method: str
    template: str
    scopes: tuple[str, ...]
    handler: Callable[[Call], Answer]
    parameters: frozenset[str] = frozenset()

    def match(self, method: str, path: str) -> dict[str, str] | None:
        """Give the path's own values, where method and path are this route's."""
        wanted, given = self.template.split("/"), path.split("/")
        if method != self.method or len(wanted) != len(given):
            return None
        values = {}
        for template, part in zip(wanted, given, strict=True):
            if template.startswith("{") and part:
                values[template[1:-1]] = part
            elif template != part:
                return None
        return values
