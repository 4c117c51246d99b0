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
    """Give the route for this request; `segments` are the raw, still percent-encoded pieces of the path."""
    best: tuple[tuple[int, ...], Match] | None = None
    for route in routes:
        scored = _scored(route, method, segments)
        if scored is not None and (best is None or scored[0] < best[0]):
            best = scored
    return best[1] if best else None


def _scored(route: Route, method: str, segments: Sequence[str]) -> tuple[tuple[int, ...], Match] | None:
    """Tell how well the route fits (less is better) and with which parameters; None if it does not."""
    if route.key == "$default":
        return (_GREEDY + 1,), Match(route, {})
    wanted_method, _, path = route.key.partition(" ")
    fit = _fit(path.split("/")[1:], segments) if wanted_method in {method, "ANY"} else None
    if fit is None:
        return None
    ranks, parameters = fit
    return (*ranks, int(wanted_method == "ANY")), Match(route, parameters)


def _fit(pieces: Sequence[str], segments: Sequence[str]) -> tuple[list[int], dict[str, str]] | None:
    """Lay a route's path over a request's: the rank of each piece and the parameters; None if they differ."""
    parameters: dict[str, str] = {}
    ranks: list[int] = []
    for place, piece in enumerate(pieces):
        if piece.startswith("{") and piece.endswith("+}"):
            if not "".join(segments[place:]):
                return None
            parameters[piece[1:-2]] = unquote("/".join(segments[place:]))
            return [*ranks, _GREEDY], parameters
        if place >= len(segments):
            return None
        if piece.startswith("{") and segments[place]:
            parameters[piece[1:-1]] = unquote(segments[place])
            ranks.append(_NAME)
        elif piece == unquote(segments[place]):
            ranks.append(_LITERAL)
        else:
            return None
    return (ranks, parameters) if len(pieces) == len(segments) else None
