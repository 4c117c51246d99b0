"""The HTTP API of one machine: what API Gateway does between a client and a function."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication

from werkzeug.http import HTTP_STATUS_CODES

from infra.local import httpevent, routing
from infra.local.authorizer import Forbidden, JwtAuthorizer, Unauthorized
from infra.local.deployment import Api, Cors
from infra.local.host import MAX_PAYLOAD, Answer
from infra.local.httpevent import Reply, Request, refusal

Invoke = Callable[[str, Any], Answer]
_THROTTLED = ("TooManyRequestsException", "LocalStack.Stopped")


class Front:
    """A WSGI application. `mounts` are paths outside the API (the control panel), served before any route."""

    def __init__(
        self,
        api: Api,
        invoke: Invoke,
        clock: Callable[[], datetime],
        authorizer: JwtAuthorizer,
        mounts: Mapping[str, WSGIApplication] | None = None,
    ) -> None:
        self._api = api
        self._invoke = invoke
        self._clock = clock
        self._authorizer = authorizer
        self._mounts = dict(mounts or {})

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        for prefix, application in self._mounts.items():
            if environ["PATH_INFO"] == prefix or environ["PATH_INFO"].startswith(f"{prefix}/"):
                return application(environ, start_response)
        made = self._answer(environ)
        headers = [(name, value) for name, value in made.headers if name != "content-length"]
        headers.append(("content-length", str(len(made.body))))
        start_response(f"{made.status} {HTTP_STATUS_CODES.get(made.status, 'Unknown')}", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [made.body]

    def _answer(self, environ: Mapping[str, Any]) -> Reply:
        try:
            request = httpevent.read_request(environ)
        except httpevent.BodyTooLarge:
            return refusal(413, "Request Entity Too Large")
        cors = self._api.cors
        if cors is not None and _is_preflight(request):
            return Reply(204, _cors_headers(cors, request, preflight=True), b"")
        made = self._routed(request)
        named = (("apigw-requestid", request.id),)
        if cors is None:
            return Reply(made.status, (*made.headers, *named), made.body)
        # With CORS configured the gateway drops the headers of the function and writes its own.
        own = tuple(pair for pair in made.headers if not pair[0].startswith("access-control-"))
        return Reply(made.status, (*own, *named, *_cors_headers(cors, request, preflight=False)), made.body)

    def _routed(self, request: Request) -> Reply:
        match = routing.find(self._api.routes, request.method, request.segments)
        if match is None:
            return refusal(404, "Not Found")
        route = match.route
        try:
            jwt = self._authorizer.check(route, request.headers)
        except Unauthorized:
            return refusal(401, "Unauthorized", ("www-authenticate", "Bearer"))
        except Forbidden:
            return refusal(403, "Forbidden")
        event = httpevent.event(
            request, api=self._api.id, route=route.key, parameters=match.parameters, jwt=jwt, now=self._clock()
        )
        if len(event.get("body", "")) > MAX_PAYLOAD:
            return refusal(413, "Request Entity Too Large")
        return self._invoked(route.function, event, route.timeout)

    def _invoked(self, function: str, event: Mapping[str, Any], seconds: float) -> Reply:
        answers: queue.SimpleQueue[Answer] = queue.SimpleQueue()
        work = threading.Thread(target=lambda: answers.put(self._invoke(function, event)), daemon=True)
        work.start()
        try:
            body, error = answers.get(timeout=seconds)
        except queue.Empty:
            return refusal(503, "Service Unavailable")
        if error in _THROTTLED:
            return refusal(503, "Service Unavailable")
        return refusal(500, "Internal Server Error") if error is not None else httpevent.reply(body)


def _is_preflight(request: Request) -> bool:
    return request.method == "OPTIONS" and {"origin", "access-control-request-method"} <= request.headers.keys()


def _cors_headers(cors: Cors, request: Request, *, preflight: bool) -> tuple[tuple[str, str], ...]:
    origin = request.headers.get("origin", "")
    if not origin or not ({origin, "*"} & set(cors.origins)):
        return ()
    headers = {"access-control-allow-origin": "*" if "*" in cors.origins else origin}
    if headers["access-control-allow-origin"] != "*":
        headers["vary"] = "origin"
    if cors.credentials:
        headers["access-control-allow-credentials"] = "true"
    if cors.exposed and not preflight:
        headers["access-control-expose-headers"] = ",".join(cors.exposed)
    if preflight:
        headers["access-control-allow-methods"] = ",".join(cors.methods)
        headers["access-control-allow-headers"] = ",".join(cors.headers)
        if cors.max_age is not None:
            headers["access-control-max-age"] = str(cors.max_age)
    return tuple(headers.items())
