"""The panel of the local stack at /_local: what runs where, and the clock. Not part of the product, not in any template."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from wsgiref.types import StartResponse

from werkzeug.wrappers import Request, Response

PREFIX = "/_local"


class Control:
    """GET /_local, POST /_local/clock {"offsetSeconds": n}, POST /_local/tick (do what is due now)."""

    def __init__(
        self, about: Callable[[], Mapping[str, Any]], move: Callable[[float], None], tick: Callable[[], int]
    ) -> None:
        self._about = about
        self._move = move
        self._tick = tick

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        request = Request(environ)
        pages = {
            ("GET", PREFIX): self._show,
            ("POST", f"{PREFIX}/clock"): self._set_clock,
            ("POST", f"{PREFIX}/tick"): self._tick_now,
        }
        page = pages.get((request.method, request.path))
        answer = page(request) if page else _json(404, {"message": "Not Found"})
        return answer(environ, start_response)

    def _show(self, _: Request) -> Response:
        return _json(200, self._about())

    def _set_clock(self, request: Request) -> Response:
        asked = request.get_json(silent=True)  # a JSON content type keeps pages of other origins out
        offset = asked.get("offsetSeconds") if isinstance(asked, dict) else None
        if not isinstance(offset, int | float) or isinstance(offset, bool):
            return _json(400, {"message": 'send {"offsetSeconds": number} as application/json'})
        self._move(float(offset))
        return _json(200, self._about())

    def _tick_now(self, request: Request) -> Response:
        if not request.is_json:
            return _json(400, {"message": "send application/json"})
        return _json(200, {"done": self._tick()})


def _json(status: int, content: Mapping[str, Any]) -> Response:
    return Response(json.dumps(content, indent=2) + "\n", status, content_type="application/json")
