"""Made-up vouchers on paper: small PDFs and PNGs that open, the same bytes for the same file every time."""

from __future__ import annotations

import hashlib
import struct
import zlib

from infra.local.fortnox.subledger import File


def file(name: str, text: str) -> File:
    """Make a file whose id follows from its name, written like the ids of Fortnox."""
    digest = hashlib.sha256(name.encode()).hexdigest()
    return File(f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:32]}", name, text)


def content(file: File) -> bytes:
    """Make the bytes of a file, by the ending of its name."""
    return _png(file.content) if file.name.endswith(".png") else _pdf(file.content)


def _pdf(text: str) -> bytes:
    """One page with one line of text."""
    shown = text.encode("cp1252", "replace").replace(b"\\", b"").replace(b"(", b"[").replace(b")", b"]")
    stream = b"BT /F1 14 Tf 60 780 Td (" + shown + b") Tj ET"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    found, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(found))
        found += b"%d 0 obj%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(found)
    found += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    return found + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)


def _png(text: str) -> bytes:
    """Make a small grey picture with the text in its metadata."""
    pixels = zlib.compress(b"".join(b"\x00" + bytes(range(64, 96)) for _ in range(32)))
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", 32, 32, 8, 0, 0, 0, 0)),
        (b"tEXt", b"Description\x00" + text.encode("latin-1", "replace")),
        (b"IDAT", pixels),
        (b"IEND", b""),
    )
    chunks = (
        struct.pack(">I", len(each)) + kind + each + struct.pack(">I", zlib.crc32(kind + each)) for kind, each in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)
