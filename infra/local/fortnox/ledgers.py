"""What Fortnox does when a document is booked: the voucher, the balances, and the event that the truth remembers."""

from __future__ import annotations

from collections.abc import Sequence

from infra.local.fortnox import money
from infra.local.fortnox.model import Company, Row, Voucher
from infra.local.fortnox.subledger import Event, Invoice, Link, Payment, SupplierInvoice

RECEIVABLE, PAYABLE = "1510", "2440"
_GAIN, _LOSS = "3960", "7960"
_VAT_OUT, VAT_IN = "2611", "2641"
_REVERSE_IN, _REVERSE_OUT = "2645", "2614"


class Ledgers:
    """Books documents of one company. Vouchers are numbered in the order they are posted."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self._next: dict[tuple[int, str], int] = {}
        self._open: dict[tuple[str, str], int] = {}

    def post(
        self, series: str, day: str, text: str, rows: Sequence[Row], kind: str = "MANUAL", reference: str = ""
    ) -> Link:
        """Post a voucher into the year of its day, and say where it went."""
        year = self.company.year_of(day)
        assert year is not None, f"no year for {day}"
        assert sum(row.amount for row in rows) == 0, f"{text} does not balance"
        number = self._next.setdefault((year.id, series), year.next_number(series))
        self._next[(year.id, series)] = number + 1
        kept = tuple(row for row in rows if row.amount)
        year.vouchers.append(Voucher(series, number, day, text, kept, day, kind, reference))
        return Link(series, number, year.id, kind)

    def book_invoice(self, invoice: Invoice) -> None:
        """Bookkeep a customer invoice or credit note: series B, the day of the invoice."""
        total = money.converted(invoice.total, invoice.rate, invoice.unit)
        vat = money.converted(invoice.vat, invoice.rate, invoice.unit)
        sales = _shared(total - vat, [line.amount for line in invoice.lines])
        rows = [Row(RECEIVABLE, total)]
        for line, amount in zip(invoice.lines, sales, strict=True):
            rows.append(Row(line.account, -amount, (("6", line.project),) if line.project else ()))
        rows.append(Row(_VAT_OUT, -vat))
        word = "Kreditfaktura" if invoice.credit else "Kundfaktura"
        if not self._cash(invoice.day):
            invoice.voucher = self.post("B", invoice.day, f"{word} {invoice.number}", rows, "INVOICE", invoice.number)
        invoice.booked, invoice.modified = True, _noon(invoice.day)
        self._happened(invoice.day, RECEIVABLE, invoice.number, total)

    def book_supplier_invoice(self, invoice: SupplierInvoice) -> None:
        """Bookkeep a supplier invoice or credit note: series D, the day of the invoice."""
        total = money.converted(invoice.total, invoice.rate, invoice.unit)
        vat = money.converted(invoice.vat, invoice.rate, invoice.unit)
        rows = [Row(PAYABLE, -total), Row(VAT_IN, vat)]
        for line, amount in zip(
            invoice.lines, _shared(total - vat, [line.amount for line in invoice.lines]), strict=True
        ):
            rows.append(Row(line.account, amount, (("6", line.project),) if line.project else (), line.text))
        if invoice.currency != "SEK":
            reverse = total // 4
            rows += [Row(_REVERSE_IN, reverse), Row(_REVERSE_OUT, -reverse)]
        word = "Leverantörskreditfaktura" if invoice.credit else "Leverantörsfaktura"
        text = f"{word} {invoice.number}"
        if not self._cash(invoice.day):
            invoice.vouchers.append(self.post("D", invoice.day, text, rows, "SUPPLIERINVOICE", invoice.number))
        invoice.booked, invoice.modified = True, _noon(invoice.day)
        self._happened(invoice.day, PAYABLE, invoice.number, total)

    def book_payment(self, payment: Payment) -> None:
        """Bookkeep a customer payment: series C, the day of the payment; this is what lowers the balance."""
        invoice = self.company.invoices[payment.invoice]
        cleared = self._settle(invoice, RECEIVABLE, payment)
        rows = [Row(payment.account, payment.amount)]
        rows += [Row(each.account, each.amount) for each in payment.write_offs]
        if self._cash(payment.day):
            rows += _by_cash(invoice, -sum(row.amount for row in rows), _VAT_OUT)
        else:
            rows.insert(1, Row(RECEIVABLE, -cleared))
            rows.append(_exchange(-sum(row.amount for row in rows)))
        text = f"Inbetalning faktura {invoice.number}"
        payment.voucher = self.post("C", payment.day, text, rows, "INVOICEPAYMENT", str(payment.number))
        payment.booked, payment.modified = True, _noon(payment.day)

    def book_supplier_payment(self, payment: Payment) -> None:
        """Bookkeep a supplier payment: series E, the day of the payment."""
        invoice = self.company.supplier_invoices[payment.invoice]
        cleared = self._settle(invoice, PAYABLE, payment)
        rows = [Row(payment.account, -payment.amount)]
        rows += [Row(each.account, -each.amount) for each in payment.write_offs]
        if self._cash(payment.day):
            rows += _by_cash(invoice, -sum(row.amount for row in rows), VAT_IN)
        else:
            rows.insert(1, Row(PAYABLE, cleared))
            rows.append(_exchange(-sum(row.amount for row in rows)))
        text = f"Utbetalning faktura {invoice.number}"
        link = self.post("E", payment.day, text, rows, "SUPPLIERPAYMENT", str(payment.number))
        payment.voucher = link
        invoice.vouchers.append(link)
        payment.booked, payment.modified = True, _noon(payment.day)

    def offset(self, invoice: Invoice | SupplierInvoice, credit: Invoice | SupplierInvoice, day: str) -> None:
        """Settle an invoice against its credit note (kvittning): no voucher, both balances move the same way to zero."""
        account = RECEIVABLE if isinstance(invoice, Invoice) else PAYABLE
        amount = min(invoice.balance, -credit.balance)
        sek = self._clear(invoice, account, amount, day)
        credit.balance += amount
        left = self._open[(account, credit.number)]
        assert credit.balance or left == -sek, "a credit note is booked at the rate of its invoice"
        self._happened(day, account, credit.number, sek)
        _settled(credit, day)

    def _cash(self, day: str) -> bool:
        """Whether that day's year has kontantmetoden: an invoice is booked when it is paid, and until then nowhere."""
        year = self.company.year_of(day)
        return year is not None and year.method == "CASH"

    def _settle(self, invoice: Invoice | SupplierInvoice, account: str, payment: Payment) -> int:
        return self._clear(invoice, account, payment.cleared, payment.day)

    def _clear(self, invoice: Invoice | SupplierInvoice, account: str, amount: int, day: str) -> int:
        """Lower the balance; the last settlement takes what rounding left in SEK."""
        invoice.balance -= amount
        last = invoice.balance == 0 and invoice.booked
        still = self._open.get((account, invoice.number), 0)
        sek = still if last else money.converted(amount, invoice.rate, invoice.unit)
        self._happened(day, account, invoice.number, -sek)
        _settled(invoice, day)
        return sek

    def _happened(self, day: str, account: str, document: str, amount: int) -> None:
        self._open[(account, document)] = self._open.get((account, document), 0) + amount
        self.company.events.append(Event(day, account, document, amount))


def _settled(invoice: Invoice | SupplierInvoice, day: str) -> None:
    invoice.modified = _noon(day)
    invoice.final_pay_day = day if invoice.balance == 0 else None


def _by_cash(invoice: Invoice | SupplierInvoice, amount: int, vat_account: str) -> list[Row]:
    """Book what is paid as the invoice's sale or purchase, with its share of the VAT."""
    vat = amount * invoice.vat // invoice.total if invoice.total else 0
    return [Row(invoice.lines[0].account, amount - vat), Row(vat_account, vat)]


def _exchange(difference: int) -> Row:
    """Say what is missing in a payment's voucher: a realised gain in credit, a loss in debit."""
    return Row(_GAIN if difference < 0 else _LOSS, difference)


def _shared(total: int, parts: list[int]) -> list[int]:
    """Share a total in proportion to the parts; the last one takes the rounding."""
    whole = sum(parts)
    shares = [total * part // whole if whole else 0 for part in parts]
    return [*shares[:-1], total - sum(shares[:-1])]


def _noon(day: str) -> str:
    return f"{day} 12:00"
