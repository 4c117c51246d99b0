"""What stands before moto: requests that their bearer's role does not allow are answered as AWS would, and go no further."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication

from infra.local.asked import Request
from infra.local.aws import OPERATOR
from infra.local.rights import Rights

_CREDENTIAL = re.compile(r"Credential=([^/]+)/\d+/[\w-]+/([\w-]+)/aws4_request")
_GIVEN = re.compile(rb"<AccessKeyId>(\w+)</AccessKeyId>")
_XML = {"s3", "sts"}


def guarded(aws: WSGIApplication, rights: Rights) -> WSGIApplication:
    """Put the rights before that AWS."""

    def answer(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        signed = _CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", ""))
        key, service = signed.groups() if signed else ("", "")
        if key == OPERATOR and service != "sts":
            return aws(environ, start_response)
        request = _read(environ, service)
        refused = rights.refuse(key, request)
        if refused:
            return _denied(service, refused, start_response)
        answered = aws(environ, start_response)
        if service != "sts":
            return answered
        body = b"".join(answered)
        for given in _GIVEN.findall(body):
            rights.begin_session(key, request, given.decode())
        return [body]

    return answer


def _read(environ: dict[str, Any], service: str) -> Request:
    """Read a request, and put back what was read of it. Of a file nothing is."""
    headers = {name.removeprefix("HTTP_"): value for name, value in environ.items() if name.startswith("HTTP_")}
    body = b""
    if service != "s3":
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
    path, query = environ["PATH_INFO"].encode("latin-1").decode(), environ.get("QUERY_STRING", "")
    return Request(service, environ["REQUEST_METHOD"], path, query, headers, body)


def _denied(service: str, refused: str, start_response: StartResponse) -> Iterable[bytes]:
    if service in _XML:
        error = "<Error><Code>AccessDenied</Code><Message>refused</Message></Error>"
        body = error if service == "s3" else f"<ErrorResponse>{error}</ErrorResponse>"
        start_response("403 Forbidden", [("Content-Type", "text/xml"), ("Content-Length", str(len(body)))])
        return [body.encode()]
    told = json.dumps({"__type": "AccessDeniedException", "message": refused}).encode()
    kind = ("x-amzn-ErrorType", "AccessDeniedException")
    start_response("400 Bad Request", [("Content-Type", "application/json"), ("Content-Length", str(len(told))), kind])
    return [told]
