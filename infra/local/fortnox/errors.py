"""Fortnox's refusals: code, Swedish text and status, in the two casings it uses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of refusal. `capital` is the casing of 404s and missing user rights; the rest come in lower case."""

    code: int
    text: str
    status: int = 400

    @property
    def capital(self) -> bool:
        """Whether the keys are Error, Message, Code."""
        return self.status == 404


FAULTS: Mapping[str, Fault] = {
    "system": Fault(1000003, "System exception", 500),
    "response-type": Fault(1000030, "Invalid response type"),
    "content-type": Fault(1000031, "Invalid content type"),
    "not-alphanumeric": Fault(2000106, "Värdet måste vara alfanumeriskt ({value})"),
    "not-numeric": Fault(2000108, "Värdet måste vara numeriskt ({value})"),
    "not-boolean": Fault(2000134, "Värdet måste vara en boolean ({value})"),
    "locked-period": Fault(2000401, "{company} har låst perioden t.o.m. {day}. Lås upp perioden för att fortsätta."),
    "account-not-found": Fault(2000423, "Kan inte hitta kontot.", 404),
    "currency-not-found": Fault(2000427, "Kan inte hitta valutan.", 404),
    "customer-not-found": Fault(2000433, "Kan inte hitta kunden.", 404),
    "customer-unknown": Fault(2000433, "Kan inte hitta kunden."),
    "invoice-not-found": Fault(2000434, "Kan inte hitta fakturan.", 404),
    "account-inactive": Fault(2000550, 'Konto "{account}" är inte aktivt'),
    "filter": Fault(2000587, "Ett ogiltigt filter har använts."),
    "parameter": Fault(2000588, "Ogiltig parameter i anropet."),
    "scope": Fault(2000663, "Har inte behörighet för scope."),
    "identifier": Fault(2000729, "A valid identifier was not provided."),
    "cost-center-required": Fault(2000946, "Kostnadsställe är obligatoriskt på konto: {account}"),
    "paid-before-invoice": Fault(2001089, "Betalningsdatum får inte vara före fakturadatum."),
    "module-licence": Fault(2001101, "Det finns ingen aktiv licens för önskat scope", 403),
    "integration-licence": Fault(2001103, "Api-licens saknas.", 403),
    "account-unknown": Fault(2001304, "Kunde inte hitta konto"),
    "no-data": Fault(2001392, "Ingen eller felaktig typ av data."),
    "field": Fault(2001399, "Felaktigt fältnamn"),
    "json": Fault(2002115, "Error deserializing JSON: JSON_ERROR_SYNTAX"),
    "invoice-period-locked": Fault(2002141, "Fakturan kan inte bokföras i en låst period."),
    "cost-center-inactive": Fault(2002821, 'Angivet kostnadsställe "{code}" är inte aktivt.'),
    "invoice-paid": Fault(2003055, "Fakturan är redan slutbetald."),
    # The texts below are known or made up, their codes are not published anywhere: 29990xx says "made up here".
    "unbalanced": Fault(2999001, "Verifikationen balanserar inte."),
    "no-year": Fault(2999002, "Datumet ligger inte inom räkenskapsåret."),
    "series-unknown": Fault(2999003, "Ogiltig verifikationsserie angiven"),
    "series-not-manual": Fault(2999004, "Verifikationsserien är inte manuell ({series})"),
    "too-long": Fault(2999005, "Värdet är för långt. ({field})"),
    "required": Fault(2999006, "Fältet {field} är obligatoriskt."),
    "date": Fault(2999007, "Felaktigt datum ({value})"),
    "cost-center-unknown": Fault(2999008, "Kunde inte hitta kostnadsställe"),
    "project-unknown": Fault(2999009, "Kunde inte hitta projekt"),
    "selection": Fault(2999010, "Ogiltigt urval."),
    "already-booked": Fault(2999011, "Dokumentet är redan bokfört."),
    "not-booked": Fault(2999012, "Fakturan är inte bokförd."),
    "cancelled": Fault(2999013, "Fakturan är makulerad."),
    "series-exists": Fault(2999014, "Verifikationsserien finns redan."),
    "currency-differs": Fault(2999015, "Currency {given} and Currency {wanted} does not match"),
    "year-not-found": Fault(2999101, "Kan inte hitta räkenskapsåret.", 404),
    "voucher-not-found": Fault(2999102, "Kan inte hitta verifikationen.", 404),
    "series-not-found": Fault(2999103, "Kan inte hitta verifikationsserien.", 404),
    "supplier-invoice-not-found": Fault(2999104, "Kan inte hitta leverantörsfakturan.", 404),
    "payment-not-found": Fault(2999105, "Kan inte hitta betalningen.", 404),
    "supplier-not-found": Fault(2999106, "Kan inte hitta leverantören.", 404),
    "predefined-not-found": Fault(2999107, "Kan inte hitta det förvalda kontot.", 404),
    "file-not-found": Fault(2999108, "Kan inte hitta filen.", 404),
}


class Refusal(Exception):
    """Fortnox answers with an error envelope instead."""

    def __init__(self, name: str, status: int | None = None, **words: object) -> None:
        fault = FAULTS[name]
        super().__init__(name)
        self.name = name
        self.status = status or fault.status
        self.message = fault.text.format(**words)
        self.body = envelope(fault.code, self.message, capital=fault.capital)


def envelope(code: int, message: str, *, capital: bool = False) -> dict[str, Any]:
    """Give the ErrorInformation of a refusal."""
    keys = ("Error", "Message", "Code") if capital else ("error", "message", "code")
    return {"ErrorInformation": dict(zip(keys, (1, message, code), strict=True))}
