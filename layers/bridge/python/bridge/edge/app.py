"""The HTTP resolver every API door starts from: validation, problems, language, and no unhandled error."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, TypeVar

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.shared.cookies import Cookie

from bridge import messages, wiring
from bridge.edge import problems, views
from bridge.edge.caller import missing
from bridge.flows import callback
from bridge.problem import BridgeError, Problem, Refused

T = TypeVar("T")

BODY_LIMIT = 256 * 1024
"""Bytes of JSON a request may have; deeper or larger things come as files."""


PAGES = "/oauth/"
"""Paths that a browser visits at its top level: a failure there ends on a page too."""

UNTRACED = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
"""Headers of an answer whose address, or that of its request, holds a secret."""


def api() -> APIGatewayHttpResolver:
    """Give a resolver that validates against type hints and answers every failure as a problem."""
    app = APIGatewayHttpResolver(enable_validation=True)

    def invalid(error: RequestValidationError) -> Response[str]:
        return problems.response(Refused(Problem("invalid-request"), problems.fields(error.errors())), language(app))

    def refused(error: BridgeError) -> Response[str]:
        if app.current_event.path.startswith(PAGES):
            return redirect(callback.page(wiring.shared().settings, None, error.problem.code))
        return problems.response(error, language(app))

    def unhandled(error: Exception) -> Response[str]:
        problems.log(error)
        return refused(BridgeError())

    def missing(_error: Exception) -> Response[str]:
        return problems.response(Refused(Problem("not-found")), language(app))

    app.exception_handler(RequestValidationError)(invalid)
    app.exception_handler(BridgeError)(refused)
    app.exception_handler(Exception)(unhandled)
    app.not_found(missing)
    return app


def serve(app: APIGatewayHttpResolver, event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one HTTP event. Who lacks the role, and bodies that are not JSON of a sane size and depth, are refused first."""
    wrong = missing(event) or problems.body(event, BODY_LIMIT)
    if wrong:
        return problems.raw(Refused(wrong), messages.language(event.get("headers", {}).get("accept-language", "")))
    return app.resolve(event, context)


def language(app: APIGatewayHttpResolver) -> str:
    """Give the caller's language, `sv` or `en`."""
    return messages.language(app.current_event.headers.get("accept-language") or "")


def header(app: APIGatewayHttpResolver, name: str) -> str:
    """Give a request header, empty when absent."""
    return app.current_event.headers.get(name) or ""


def query(app: APIGatewayHttpResolver) -> Mapping[str, str]:
    """Give the query parameters."""
    return app.current_event.query_string_parameters or {}


def cookie(app: APIGatewayHttpResolver, name: str) -> str:
    """Give a cookie of the request, empty when absent."""
    sent = (one.partition("=") for one in app.current_event.cookies)
    return next((value for known, _, value in sent if known == name), "")


def redirect(url: str, *cookies: Cookie) -> Response[Any]:
    """Send the browser on; neither caches nor the next page see where it was."""
    return Response(HTTPStatus.SEE_OTHER, headers={"Location": url, **UNTRACED}, cookies=list(cookies))


def created(location: str, body: T) -> Response[T]:
    """Answer 201 with where the new thing is."""
    return Response(HTTPStatus.CREATED, "application/json", body, {"Location": location})


def accepted(app: APIGatewayHttpResolver, location: str, view: Any) -> Response[Any]:
    """Answer 202 with where the job is to be looked at, and when."""
    headers = {"Location": f"{location}/{view.job.key.id}", "Retry-After": "1"}
    return Response(HTTPStatus.ACCEPTED, "application/json", views.job(view, language(app)), headers)
