"""Problems on the wire (RFC 9457): code, action, and title and detail in the language asked for."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from traceback import extract_tb
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.logging import Logger

from bridge import messages
from bridge.edge.models.work import FieldProblem, ProblemGiven
from bridge.problem import PROBLEMS, BridgeError, Problem, Refused

LOGGER = Logger()
"""Structured log; it is given codes and classes, never bodies, tokens or names."""

CONTENT = "application/problem+json"
DEPTH = 32
"""Nesting a JSON body may have."""

REASONS: Mapping[str, str] = {
    "missing": "required",
    "extra_forbidden": "unknown-field",
    "string_pattern_mismatch": "format",
    "date_from_datetime_parsing": "date",
    "date_parsing": "date",
    "literal_error": "unknown",
    "too_short": "required",
    "too_long": "too-long",
    "string_too_long": "too-long",
    "string_too_short": "required",
}
"""Pydantic's error type -> our reason; anything else is `format`."""


def given(problem: Problem, language: str, errors: Sequence[Problem] = ()) -> ProblemGiven:
    """Shape a problem with its texts."""
    kind = PROBLEMS[problem.code]
    return ProblemGiven(
        type=f"https://fortnox-bridge.example/problems/{problem.code}",
        code=problem.code,
        title=messages.title(problem.code, problem.params, language),
        status=kind.status,
        detail=messages.detail(problem.code, problem.params, language),
        action=kind.action,
        params=dict(problem.params),
        errors=[_field(each, language) for each in errors],
    )


def response(error: BridgeError, language: str) -> Response[str]:
    """Answer an error; what is ours to mend is logged by its class and answered as `internal`."""
    problem = error.problem
    if problem.code == "internal":
        LOGGER.error("failed", error=type(error).__name__)
    body = given(problem, language, error.errors if isinstance(error, Refused) else ())
    headers = {"Content-Language": language}
    return Response(body.status, CONTENT, body.model_dump_json(by_alias=True), headers)


def log(error: Exception) -> None:
    """Log an error of ours by class and place; a foreign text may repeat what was sent."""
    frames = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in extract_tb(error.__traceback__)]
    LOGGER.error("unhandled", error=type(error).__name__, frames=frames[-12:])


def raw(error: Refused, language: str) -> dict[str, Any]:
    """Answer an error before any resolver has seen the request."""
    made = response(error, language)
    headers = {"Content-Type": CONTENT, "Content-Language": language}
    return {"statusCode": made.status_code, "headers": headers, "body": made.body, "isBase64Encoded": False}


def fields(errors: Sequence[Mapping[str, Any]]) -> tuple[Problem, ...]:
    """Turn pydantic's errors into problems with RFC 6901 pointers; values that were sent are not repeated."""
    return tuple(
        Problem("invalid-value", {"reason": REASONS.get(str(error["type"]), "format")}, _pointer(error["loc"]))
        for error in errors
    )


def body(event: Mapping[str, Any], limit: int) -> Problem | None:
    """Say what is wrong with a body before it is parsed for good: not JSON, too large, too deep; None when nothing is."""
    sent = event.get("body")
    if not sent:
        return None
    if not event.get("headers", {}).get("content-type", "").startswith("application/json"):
        return Problem("invalid-request", {}, "")
    text = str(sent)
    if (
        len(text) > limit
        or event.get("isBase64Encoded")
        or text.count("[") + text.count("{") > limit // 8
        or _deep(text)
    ):
        return Problem("invalid-request", {}, "")
    try:
        json.dumps(json.loads(text), ensure_ascii=False).encode()  # a lone surrogate is no text
    except ValueError:
        return Problem("invalid-request", {}, "")
    return None


def _deep(text: str) -> bool:
    """Tell whether brackets nest deeper than any of our bodies do. Brackets in strings count too: it is a bound, no parser."""
    depth = deepest = 0
    for char in text:
        if char in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif char in "]}":
            depth -= 1
    return deepest > DEPTH


def _pointer(place: Sequence[str | int]) -> str:
    steps = place[1:] if place and place[0] in {"body", "query", "path"} else place
    return "".join(f"/{step}" for step in steps)


def _field(problem: Problem, language: str) -> FieldProblem:
    return FieldProblem(
        pointer=problem.pointer,
        code=problem.code,
        detail=messages.detail(problem.code, problem.params, language),
        params=dict(problem.params),
    )
