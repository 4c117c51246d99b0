'''SIE files of type 1 to 4: read, check and write them, exactly and at any size.

>>> from bridge import sie
>>> document, parts = sie.parse(b"""#FLAGGA 0
... #SIETYP 4
... #FNAMN "Exempel AB"
... #RAR 0 20250101 20251231
... #KONTO 1930 "Bank"
... #KONTO 3001 "Sales"
... #VER A 1 20250115 "Cash sale"
... {
... #TRANS 1930 {} 125.00
... #TRANS 3001 {6 "P1"} -100.00
... }
... """)
>>> document.kind.value, document.header.company, document.counts.transactions
('4I', 'Exempel AB', 2)
>>> [(row.account, row.amount, row.objects) for row in parts[0].rows()]
[('1930', 12500, ()), ('3001', -10000, (('6', 'P1'),))]
>>> [(finding.code, finding.place.line) for finding in document.errors if finding.place]
[('voucher-unbalanced', 7)]

`read` takes a stream and hands over parts, so that a file of any size fits in little memory; `check` does the same,
controls the vouchers and the checksum, and adds the year up; `compare` tells two exports apart; `write` gives the bytes of a file, piece by piece.
'''

from bridge.sie.check import CheckReport, check, stated
from bridge.sie.checksum import Checksum, Verdict
from bridge.sie.compare import Comparison, Mismatch, compare
from bridge.sie.document import Account, Balance, Balances, Counts, Dimension, Document, Header
from bridge.sie.encoding import Encoding
from bridge.sie.limits import Limits
from bridge.sie.reader import parse, read
from bridge.sie.records import Kind
from bridge.sie.unfit import unfit
from bridge.sie.writer import write, write_import

__all__ = [
    "Account",
    "Balance",
    "Balances",
    "CheckReport",
    "Checksum",
    "Comparison",
    "Counts",
    "Dimension",
    "Document",
    "Encoding",
    "Header",
    "Kind",
    "Limits",
    "Mismatch",
    "Verdict",
    "check",
    "compare",
    "parse",
    "read",
    "stated",
    "unfit",
    "write",
    "write_import",
]
