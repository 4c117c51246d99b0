"""The two subledgers seen alike: sales with customers, purchases from suppliers."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from infra.local.fortnox.ledgers import Ledgers
from infra.local.fortnox.orgnumbers import check_digit
from infra.local.fortnox.subledger import Invoice, Line, Payment, SupplierInvoice

Document = Invoice | SupplierInvoice
FIRST_NUMBER = 1001


@dataclass(frozen=True, slots=True)
class Terms:
    """What an invoice says besides its lines: party, days, currency with its rate, and the invoice it credits."""

    party: str
    day: str
    due: str
    currency: str = "SEK"
    rate: Decimal = Decimal(1)
    credits: Document | None = None


class Side(Protocol):
    """What a trade needs of one subledger."""

    ledgers: Ledgers

    def create(self, terms: Terms, lines: list[Line], vat: int) -> Document:
        """Enter an invoice under the next number, unbooked."""
        ...

    def book(self, document: Document) -> None:
        """Bookkeep an invoice."""
        ...

    def enter(self, payment: Payment) -> Payment:
        """Enter a payment under the next number, unbooked."""
        ...

    def book_payment(self, payment: Payment) -> None:
        """Bookkeep a payment."""
        ...

    def account(self, currency: str) -> str:
        """Name the account an ordinary line of that currency goes to."""
        ...


class Sales:
    """Customer invoices and what customers pay."""

    def __init__(self, ledgers: Ledgers) -> None:
        self.ledgers, self.company = ledgers, ledgers.company

    def create(self, terms: Terms, lines: list[Line], vat: int) -> Document:
        """Enter a customer invoice with its OCR; a credit note and its invoice point at each other."""
        number = str(FIRST_NUMBER + len(self.company.invoices))
        invoice = Invoice(
            number, terms.party, terms.day, terms.due, lines, *_sums(lines, vat), terms.currency, terms.rate
        )
        invoice.balance, invoice.ocr, invoice.modified = invoice.total, ocr(number), f"{terms.day} 08:00"
        if isinstance(terms.credits, Invoice):
            invoice.credit, invoice.credits, terms.credits.credited_by = True, terms.credits.number, number
        self.company.invoices[number] = invoice
        return invoice

    def book(self, document: Document) -> None:
        """Bookkeep a customer invoice."""
        assert isinstance(document, Invoice)
        self.ledgers.book_invoice(document)

    def enter(self, payment: Payment) -> Payment:
        """Enter a customer payment."""
        return _entered(self.company.payments, payment)

    def book_payment(self, payment: Payment) -> None:
        """Bookkeep a customer payment."""
        self.ledgers.book_payment(payment)

    def account(self, currency: str) -> str:
        """Sales at home or within the EU."""
        return "3001" if currency == "SEK" else "3108"


class Purchases:
    """Supplier invoices and what they are paid with."""

    def __init__(self, ledgers: Ledgers) -> None:
        self.ledgers, self.company = ledgers, ledgers.company

    def create(self, terms: Terms, lines: list[Line], vat: int) -> Document:
        """Enter a supplier invoice under the next given number."""
        given = FIRST_NUMBER + len(self.company.supplier_invoices)
        external = f"{terms.party}-{given % 10000 + 3000}"
        invoice = SupplierInvoice(
            str(given),
            terms.party,
            external,
            terms.day,
            terms.due,
            lines,
            *_sums(lines, vat),
            terms.currency,
            terms.rate,
        )
        invoice.balance, invoice.modified = invoice.total, f"{terms.day} 08:00"
        if isinstance(terms.credits, SupplierInvoice):
            invoice.credit, terms.credits.credit_reference = True, given
        self.company.supplier_invoices[invoice.number] = invoice
        return invoice

    def book(self, document: Document) -> None:
        """Bookkeep a supplier invoice."""
        assert isinstance(document, SupplierInvoice)
        self.ledgers.book_supplier_invoice(document)

    def enter(self, payment: Payment) -> Payment:
        """Enter a supplier payment."""
        return _entered(self.company.supplier_payments, payment)

    def book_payment(self, payment: Payment) -> None:
        """Bookkeep a supplier payment."""
        self.ledgers.book_supplier_payment(payment)

    def account(self, currency: str) -> str:
        """Goods at home, or from the EU with reverse charge."""
        return "4010" if currency == "SEK" else "4515"


def _sums(lines: list[Line], vat: int) -> tuple[int, int, int]:
    net = sum(line.amount for line in lines)
    return net, vat, net + vat


def _entered(payments: dict[str, Payment], payment: Payment) -> Payment:
    payment.number = FIRST_NUMBER + len(payments)
    payment.modified = f"{payment.day} 08:00"
    payments[str(payment.number)] = payment
    return payment


def ocr(number: str) -> str:
    """Make Fortnox's default reference: the number, a digit for the length, a check digit."""
    digits = f"{number}{(len(number) + 2) % 10}"
    return f"{digits}{check_digit(digits)}"
