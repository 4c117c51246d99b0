"""One request per scope, for as little as possible, to learn whether what the scope opens answers."""

from __future__ import annotations

from collections.abc import Mapping

from bridge.fortnox.errors import LicenceMissing, RightMissing, ScopeMissing
from bridge.fortnox.session import Query, Session
from bridge.problem import BridgeError
from bridge.tokens.capability import Answer

ONE: Mapping[str, Query] = {"limit": 1}

PATHS: Mapping[str, tuple[str, Mapping[str, Query]]] = {
    "bookkeeping": ("/financialyears", ONE),
    "settings": ("/settings/lockedperiod", {}),
    "invoice": ("/invoices", ONE),
    "supplierinvoice": ("/supplierinvoices", ONE),
    "payment": ("/invoicepayments", ONE),
    "customer": ("/customers", ONE),
    "connectfile": ("/voucherfileconnections", ONE),
    "archive": ("/archive", {}),
}
"""Scope -> what to ask for."""

ANSWERS: Mapping[type[BridgeError], Answer] = {
    ScopeMissing: Answer.NO_SCOPE,
    LicenceMissing: Answer.NO_LICENCE,
    RightMissing: Answer.NO_RIGHT,
}
"""Fortnox's refusal -> what it means. Any other failure says nothing about the scope."""


def probe(session: Session, scope: str) -> Answer:
    """Ask once for what the scope opens. Never fails: no answer is an answer too."""
    path, query = PATHS[scope]
    try:
        session.get_once(path, **query)
    except BridgeError as error:
        return ANSWERS.get(type(error), Answer.UNKNOWN)
    return Answer.YES
