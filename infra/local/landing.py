"""Where a browser ends on this machine as long as there is no console: the pages of its addresses, in a sentence each."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any
from wsgiref.types import StartResponse

from werkzeug.wrappers import Request, Response

from bridge import messages
from bridge.messages import catalogue
from bridge.problem import PROBLEMS

PLACES = ("/engagements", "/oauth/return", "/activate")
"""The console's addresses that a login at Fortnox leads to."""

_PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title} · Fortnox Bridge</title></head>
<body style="font:1.1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:4rem auto;padding:0 1rem">
<h1 style="font-size:1.4rem">{title}</h1><p>{text}</p></body></html>
"""


def landing(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """Answer a browser that came back: connected, or why not and what to do. What it names stands in the activity log."""
    request = Request(environ)
    language = messages.language(request.headers.get("accept-language", ""))
    title, text = _told(request.args.get("problem", ""), language)
    page = _PAGE.format(language=language, title=escape(title), text=escape(text))
    answer = Response(page, content_type="text/html; charset=utf-8", headers={"Referrer-Policy": "no-referrer"})
    return answer(environ, start_response)


def _told(problem: str, language: str) -> tuple[str, str]:
    known = catalogue.read(language)
    if problem not in PROBLEMS:
        return known["words"]["landing"]["title"], known["words"]["landing"]["text"]
    title, detail = known["problems"][problem]["title"], known["problems"][problem]["detail"]
    return title, known["words"]["landing"]["log"] if catalogue.params_of(detail) else detail
