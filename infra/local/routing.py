"""Which route a request takes: the most specific path wins, literal before {name} before {name+}, a method before ANY."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from infra.local.deployment import Route

_LITERAL, _NAME, _GREEDY = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Match:
    """A route and its path parameters."""

    route: Route
    parameters: dict[str, str]


def find(routes: Iterable[Route], method: str, segments: Sequence[str]) -> Match | None:
    """The route for this request; `segments` are the raw, still percent-encoded pieces of the path."""
    best: tuple[tuple[int, ...], Match] | None = None
    for route in routes:
        scored = _scored(route, method, segments)
        if scored is not None and (best is None or scored[0] < best[0]):
            best = scored
    return best[1] if best else None


def _scored(route: Route, method: str, segments: Sequence[str]) -> tuple[tuple[int, ...], Match] | None:
    if route.key == "$default":
        return (_GREEDY + 1,), Match(route, {})
    wanted_method, _, path = route.key.partition(" ")
    if wanted_method not in {method, "ANY"}:
        return None
    parameters: dict[str, str] = {}
    ranks: list[int] = []
    pieces = path.split("/")[1:]
    for place, piece in enumerate(pieces):
        if piece.startswith("{") and piece.endswith("+}"):
            if not "".join(segments[place:]):
                return None
            parameters[piece[1:-2]] = unquote("/".join(segments[place:]))
            return (*ranks, _GREEDY, int(wanted_method == "ANY")), Match(route, parameters)
        if place >= len(segments):
            return None
        if piece.startswith("{") and segments[place]:
            parameters[piece[1:-1]] = unquote(segments[place])
            ranks.append(_NAME)
        elif piece == unquote(segments[place]):
            ranks.append(_LITERAL)
        else:
            return None
    if len(pieces) != len(segments):
        return None
    return (*ranks, int(wanted_method == "ANY")), Match(route, parameters)
