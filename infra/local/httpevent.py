"""HTTP API payload format 2.0: from a WSGI request to the event a function gets, and from its result to an answer."""

from __future__ import annotations

import base64
import binascii
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from infra.local.aws import ACCOUNT

MAX_BODY = 10 * 1024 * 1024
"""API Gateway's limit of a request body, in bytes."""

_TEXT_TYPES = ("application/json", "application/javascript", "application/xml", "application/problem+json")


class BodyTooLarge(Exception):
    """The request's body is beyond API Gateway's 10 MB."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request as the gateway sees it. `segments` are the raw path's pieces; header names are in lower case."""

    id: str
    method: str
    path: str
    segments: tuple[str, ...]
    query: str
    headers: Mapping[str, str]
    cookies: tuple[str, ...]
    body: bytes
    protocol: str
    source_ip: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back to the client."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def refusal(status: int, message: str, *headers: tuple[str, str]) -> Reply:
    """Give an answer of the gateway itself."""
    body = json.dumps({"message": message}, separators=(",", ":")).encode()
    return Reply(status, (("content-type", "application/json"), *headers), body)


def read_request(environ: Mapping[str, Any]) -> Request:
    """Give the request of a WSGI environment; its body is read whole, at most 10 MB."""
    target = urlsplit(environ["RAW_URI"])
    headers = {key[5:].replace("_", "-").lower(): value for key, value in environ.items() if key.startswith("HTTP_")}
    if environ.get("CONTENT_TYPE"):
        headers["content-type"] = environ["CONTENT_TYPE"]
    if environ.get("CONTENT_LENGTH"):
        headers["content-length"] = environ["CONTENT_LENGTH"]
    body = _read_body(environ)
    cookies = tuple(one.strip() for one in headers.pop("cookie", "").split(";") if one.strip())
    request_id = uuid.uuid4().hex[:15] + "="
    return Request(
        id=request_id,
        method=environ["REQUEST_METHOD"],
        path=unquote(target.path) or "/",
        segments=tuple(target.path.split("/")[1:]),
        query=target.query,
        headers={**headers, **_added(headers, environ)},
        cookies=cookies,
        body=body,
        protocol=environ["SERVER_PROTOCOL"],
        source_ip=environ["REMOTE_ADDR"],
    )


def _read_body(environ: Mapping[str, Any]) -> bytes:
    """Read as much as the request says there is (reading on would wait for more), or until a chunked body ends."""
    stated = int(environ.get("CONTENT_LENGTH") or 0)
    chunked = bool(environ.get("wsgi.input_terminated")) and not stated
    if stated > MAX_BODY:
        raise BodyTooLarge
    body: bytes = environ["wsgi.input"].read(MAX_BODY + 1 if chunked else stated)
    if len(body) > MAX_BODY:
        raise BodyTooLarge
    return body


def _added(headers: Mapping[str, str], environ: Mapping[str, Any]) -> dict[str, str]:
    """Give the headers that API Gateway adds."""
    return {
        "content-length": headers.get("content-length", "0"),
        "x-amzn-trace-id": f"Root=1-00000000-{uuid.uuid4().hex[:24]}",
        "x-forwarded-for": environ["REMOTE_ADDR"],
        "x-forwarded-port": environ["SERVER_PORT"],
        "x-forwarded-proto": environ["wsgi.url_scheme"],
    }


def event(
    request: Request,
    *,
    api: str,
    route: str,
    parameters: Mapping[str, str],
    jwt: Mapping[str, Any] | None,
    now: datetime,
) -> dict[str, Any]:
    """Give the event; keys that API Gateway leaves out when they are empty are left out here too."""
    text, encoded = _body(request)
    made: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route,
        "rawPath": request.path,
        "rawQueryString": request.query,
        "headers": dict(request.headers),
        "requestContext": _context(request, api, route, jwt, now),
        "isBase64Encoded": encoded,
    }
    if request.cookies:
        made["cookies"] = list(request.cookies)
    if request.query:
        made["queryStringParameters"] = joined(parse_qsl(request.query, keep_blank_values=True))
    if parameters:
        made["pathParameters"] = dict(parameters)
    if request.body:
        made["body"] = text
    return made


def _context(request: Request, api: str, route: str, jwt: Mapping[str, Any] | None, now: datetime) -> dict[str, Any]:
    host = request.headers.get("host", "")
    return {
        "accountId": ACCOUNT,
        "apiId": api,
        **({"authorizer": {"jwt": jwt}} if jwt is not None else {}),
        "domainName": host,
        "domainPrefix": host.split(".", 1)[0],
        "http": {
            "method": request.method,
            "path": request.path,
            "protocol": request.protocol,
            "sourceIp": request.source_ip,
            "userAgent": request.headers.get("user-agent", ""),
        },
        "requestId": request.id,
        "routeKey": route,
        "stage": "$default",
        "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "timeEpoch": int(now.timestamp() * 1000),
    }


def joined(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """Repeated names become one value with commas, as the gateway does."""
    values: dict[str, str] = {}
    for name, value in pairs:
        values[name] = f"{values[name]},{value}" if name in values else value
    return values


def _body(request: Request) -> tuple[str, bool]:
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind.startswith("text/") or kind in _TEXT_TYPES:
        try:
            return request.body.decode(), False
        except UnicodeDecodeError:
            pass
    return base64.b64encode(request.body).decode(), True


def reply(body: str) -> Reply:
    """Give the answer a function's JSON result stands for; a result the gateway cannot read is a 500."""
    result = json.loads(body)
    if not (isinstance(result, dict) and "statusCode" in result):
        text = result if isinstance(result, str) else json.dumps(result)
        return Reply(200, (("content-type", "application/json"),), text.encode())
    try:
        status = int(result["statusCode"])
        headers = {str(name).lower(): _text(value) for name, value in (result.get("headers") or {}).items()}
        cookies = [("set-cookie", str(cookie)) for cookie in result.get("cookies") or []]
        content = _content(result)
    except (TypeError, ValueError, AttributeError, binascii.Error):
        return refusal(500, "Internal Server Error")
    headers.setdefault("content-type", "text/plain;charset=utf-8")
    return Reply(status, (*headers.items(), *cookies), content)


def _text(value: Any) -> str:
    return json.dumps(value) if isinstance(value, bool) else str(value)


def _content(result: Mapping[str, Any]) -> bytes:
    body = result.get("body")
    if body is None:
        return b""
    if not isinstance(body, str):
        raise TypeError("a body is text")
    return base64.b64decode(body, validate=True) if result.get("isBase64Encoded") else body.encode()
