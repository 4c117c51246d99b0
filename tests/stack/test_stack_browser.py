"""A login from a page of another site, in a real browser: the cookie that binds it is first-party all the way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from werkzeug.wrappers import Response

from bridge import messages
from infra.local.serving import Listener
from infra.local.stack import LocalStack
from tests.stack import chromium
from tests.stack.chromium import Chromium, Tab
from tests.stack.client import Bridge, NewBridge

FILL = """(person => {
    const form = document.forms[0];
    for (const field of form.elements) {
        if (field.type === 'text') field.value = 'demo';
        if (field.type === 'password') field.value = 'demo';
        if (field.type === 'radio') field.checked = field.closest('label').textContent.includes(person);
    }
    form.querySelector('button').click();
})"""
"""Fill the simulator's form in as the person who has that organisation number, and press its first button."""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    """One browser for the tests here; each tab has cookies of its own."""
    path = chromium.find()
    if path is None:
        pytest.skip("no Chromium is installed (apt-get install chromium)")
    with Chromium(path, tmp_path_factory.mktemp("chromium")) as made:
        yield made


@pytest.fixture
def host_page() -> Iterator[str]:
    """A page of a host product on a site of its own: `localhost` is another site than `127.0.0.1`, whatever the port."""
    listener = Listener(0)
    page = Response("<title>Host</title><a>Connect</a>", content_type="text/html")
    listener.serve(page)
    yield f"http://localhost:{listener.port}/"
    listener.stop()


def leave(tab: Tab, host_page: str, begin: str) -> None:
    """Follow a link of the host's page that begins a login."""
    tab.visit(host_page)
    tab.wait(lambda place: place == host_page)
    tab.do(f"const link = document.querySelector('a'); link.href = {begin!r}; link.click()")


def consent(tab: Tab, stack: LocalStack, bridge: Bridge) -> None:
    """Log in and approve at Fortnox, on a third site, up to pressing the last button."""
    tab.wait(lambda place: place.startswith(stack.fortnox_url))
    tab.do("location.hostname = 'localhost'")
    for step in ("Logga in", "Välj företag", "Godkänn anslutningen"):
        tab.wait(lambda place, step=step: urlsplit(place).hostname == "localhost" and shown(tab) == step)  # type: ignore[misc] # bound now
        tab.do(f"{FILL}({bridge.company.org_number!r})")


def shown(tab: Tab) -> Any:
    """Give the heading of the page that is shown."""
    return tab.do("document.querySelector('h1')?.textContent")


def landed(tab: Tab, stack: LocalStack) -> str:
    """Wait for the page of ours where the login ends."""
    under_way = (f"{stack.api_url}/oauth/start", f"{stack.api_url}/oauth/callback")
    return tab.wait(lambda place: place.startswith(stack.api_url) and not place.startswith(under_way))


def test_a_login_that_a_page_of_another_site_begins_comes_back_connected(
    stack: LocalStack, bridge: Bridge, browser: Chromium, host_page: str
) -> None:
    tab = browser.tab()
    leave(tab, host_page, bridge.login())
    consent(tab, stack, bridge)
    assert urlsplit(landed(tab, stack)).query == "connected=1"
    assert bridge.get("/connection")["status"] == "connected"
    assert tab.do("document.cookie") == "", "no script reads what binds a login"


def test_a_way_back_that_is_carried_to_another_browser_ends_on_a_page_that_says_what_to_do(
    stack: LocalStack, bridge: Bridge, new_bridge: NewBridge, browser: Chromium, host_page: str
) -> None:
    theirs = browser.tab()
    leave(theirs, host_page, new_bridge().login())
    theirs.wait(lambda place: place.startswith(stack.fortnox_url))
    way_back = bridge.consent(bridge.login())
    theirs.visit(way_back)
    assert urlsplit(landed(theirs, stack)).query == "problem=authorization-elsewhere"
    assert shown(theirs) == messages.title("authorization-elsewhere", {}, "en")
    said: Any = theirs.do("document.body.textContent")
    assert messages.detail("authorization-elsewhere", {}, "en") in said
    assert bridge.get("/connection")["status"] == "pending"
    assert bridge.land(way_back) == "", "the browser that began it still comes back"
