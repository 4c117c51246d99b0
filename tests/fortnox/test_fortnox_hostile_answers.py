"""Whatever stands in an answer: a write has an outcome, and a read raises nothing but our own errors."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.appendices.subledger import Side
from bridge.exports.voucher import Ambiguous, NotSent, Ok, Rejected, Row, VoucherDraft
from bridge.fortnox.client import Client
from bridge.fortnox.errors import FortnoxError
from tests.fortnox.conftest import BASE, FreePacer, TokenSource, answer

DRAFT = VoucherDraft("A", date(2026, 12, 31), "Bokslut", (Row(1930, 100), Row(3001, -100)))

LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
NAMES = st.sampled_from(
    [
        "ErrorInformation", "error", "Code", "code", "Message", "MetaInformation", "@TotalResources", "@TotalPages",
        "Voucher", "VoucherRows", "Description", "CompanyInformation", "Invoices", "InvoicePayments", "Total", "LockedPeriod",
    ]
)  # fmt: skip
JSON = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4))
BODIES = st.binary(max_size=60) | JSON
STATUSES = st.sampled_from([200, 201, 204, 301, 400, 401, 403, 404, 409, 429, 500, 503])

READS: list[Callable[[Client], object]] = [
    lambda client: client.company(),
    lambda client: client.years(),
    lambda client: client.accounts(1),
    lambda client: client.series(1),
    lambda client: client.next_number("A", 1),
    lambda client: client.locked_until(),
    lambda client: list(client.origins(1)),
    lambda client: client.voucher("A", 1, 1),
    lambda client: list(client.invoices(Side.RECEIVABLE)),
    lambda client: list(client.payments(Side.PAYABLE)),
]


def client_of(status: int, body: object) -> Client:
    transport = httpx.MockTransport(lambda _: answer(status, body))
    return Client(TokenSource(), BASE, pacer=FreePacer(), sleep=lambda _: None, chance=lambda: 0.0, transport=transport)


@given(STATUSES, BODIES)
@settings(max_examples=100, deadline=None)
def test_a_write_always_has_an_outcome_and_never_a_wrong_one(status: int, body: object) -> None:
    with client_of(status, body) as client:
        outcome = client.post_voucher(DRAFT, 4)
    assert not isinstance(outcome, Ok)
    assert isinstance(outcome, Rejected | NotSent | Ambiguous)
    assert isinstance(outcome, Rejected) <= (400 <= status < 500)
    assert isinstance(outcome, NotSent) <= (status in {401, 403, 429, 400, 404, 409})


@given(st.sampled_from(READS), STATUSES, BODIES)
@settings(max_examples=100, deadline=None)
def test_a_read_gives_what_it_promises_or_one_of_our_errors(
    read: Callable[[Client], object], status: int, body: object
) -> None:
    """What was refused gives nothing: at most a voucher that is not there."""
    held = None
    with client_of(status, body) as client, suppress(FortnoxError):
        held = read(client)
    assert held is None or 200 <= status < 300
