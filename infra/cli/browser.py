"""A browser without a screen: walks through Fortnox's pages (login, company, consent) as a person would."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Self
from urllib.parse import urljoin

import httpx

PAGES = 10
"""Pages after which the browser gives up."""


class Astray(Exception):
    """The pages did not lead back to the app."""


@dataclass(slots=True)
class Form:
    """A form of a page. `choices` are its radio buttons: name, value, and the label's text."""

    action: str = ""
    values: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    choices: list[list[str]] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._in_choice = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(Form(given.get("action", "")))
        elif tag == "input" and self.found:
            self._input(self.found[-1], given)
        elif tag == "button" and self.found:
            self.found[-1].buttons.append((given.get("name", ""), given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        self._in_choice = self._in_choice and tag != "label"

    def handle_data(self, data: str) -> None:
        if self._in_choice:
            self.found[-1].choices[-1][2] += data

    def _input(self, form: Form, given: Mapping[str, str]) -> None:
        kind = given.get("type", "text")
        if kind == "hidden":
            form.values[given["name"]] = given.get("value", "")
        elif kind == "radio":
            form.choices.append([given["name"], given["value"], ""])
            self._in_choice = True
        else:
            form.asked.append((given["name"], given.get("autocomplete", given["name"])))


@dataclass(frozen=True, slots=True)
class Person:
    """Who sits at the browser, and which company they choose (its organisation number stands beside its name)."""

    username: str
    password: str
    org_number: str


class Browser:
    """One browser with its cookies: what binds a login to it on the way out is sent along on the way back."""

    def __init__(self, transport: httpx.BaseTransport | None = None) -> None:
        self._http = httpx.Client(timeout=60, transport=transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the connections go."""
        self._http.close()

    def consent(self, url: str, person: Person) -> str:
        """Log in at Fortnox and approve everything; gives the app's address the browser is then sent to, not yet visited."""
        page = self._http.get(url)
        home = httpx.URL(url).params.get("redirect_uri", "")
        for _ in range(PAGES):
            if page.is_redirect:
                target = urljoin(str(page.url), page.headers["location"])
                if target.startswith(home):
                    return target
                page = self._http.get(target)
                continue
            form = _first_form(page)
            page = self._http.post(urljoin(str(page.url), form.action), data=_filled(form, person))
        raise Astray(f"no way back to the app after {PAGES} pages")

    def visit(self, url: str) -> str:
        """Visit an address of the app, once, and give where it sends the browser next."""
        answer = self._http.get(url)
        if not answer.is_redirect:
            raise Astray(f"the app answered {answer.status_code} to the browser")
        return urljoin(url, answer.headers["location"])

    def connect(self, url: str, person: Person) -> str:
        """Go all the way, from the app's address that begins a login to the page of the app that ends it."""
        return self.visit(self.consent(self.visit(url), person))


def _first_form(page: httpx.Response) -> Form:
    parser = _Forms()
    parser.feed(page.text)
    if page.is_error or not parser.found:
        raise Astray(f"{page.url.path} answered {page.status_code} without a form that leads on")
    return parser.found[0]


def _filled(form: Form, person: Person) -> dict[str, str]:
    """Fill the form in: fields by what they ask for, the choice by the organisation number, the first button pressed."""
    values = dict(form.values)
    for name, asks in form.asked:
        values[name] = person.password if "password" in asks else person.username
    values |= {name: value for name, value, label in form.choices if person.org_number in label}
    return values | {name: value for name, value in form.buttons[:1] if name}
