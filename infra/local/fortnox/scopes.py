"""Scopes, and the licence that each one needs besides the integration licence."""

from __future__ import annotations

from collections.abc import Mapping

LICENCE_OF: Mapping[str, str | None] = {
    "companyinformation": None,
    "bookkeeping": "bookkeeping",
    "settings": None,
    "invoice": "invoicing",
    "customer": "invoicing",
    "payment": "bookkeeping",
    "supplierinvoice": "supplierinvoicing",
    "supplier": "supplierinvoicing",
    "connectfile": "archive",
    "archive": "archive",
    "inbox": None,
    "currency": None,
    "costcenter": None,
    "project": None,
    "article": "invoicing",
    "price": "invoicing",
    "order": "order",
    "offer": "order",
    "print": None,
    "profile": None,
    "salary": "salary",
    "assets": "assets",
    "deletevoucher": "bookkeeping",
}

DESCRIPTIONS: Mapping[str, str] = {
    "companyinformation": "Företagsinformation",
    "bookkeeping": "Bokföring",
    "settings": "Inställningar",
    "invoice": "Kundfakturor",
    "customer": "Kundregister",
    "payment": "In- och utbetalningar",
    "supplierinvoice": "Leverantörsfakturor",
    "supplier": "Leverantörsregister",
    "connectfile": "Filkopplingar",
    "archive": "Arkivplats",
    "inbox": "Inkorg",
    "currency": "Valutor",
    "costcenter": "Kostnadsställen",
    "project": "Projekt",
}


def missing_licence(scopes: list[str], licences: set[str]) -> bool:
    """Whether a company with these licences lacks one that these scopes need."""
    needed = {LICENCE_OF[scope] for scope in scopes} - {None}
    return "integration" not in licences or bool(needed - licences)
