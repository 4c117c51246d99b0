from __future__ import annotations

import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.sie.checksum import Checksum, Summation, Verdict, crc


def obvious(line: bytes) -> bytes:
    """The counted bytes of a line, letter by letter as the specification tells it."""
    counted, quoted, index = bytearray(), False, 0
    while index < len(line):
        if line[index : index + 2] == b'\\"':
            counted += b'"'
            index += 2
            continue
        letter = line[index : index + 1]
        if letter == b'"':
            quoted = not quoted
        elif quoted or letter not in b" \t\r\n{}\x1a":
            counted += letter
        index += 1
    return bytes(counted)


def test_the_example_of_the_specification() -> None:
    line = rb'#KONTO 1915 "Kassa \"special\""' + b"\r\n"
    assert obvious(line) == b'#KONTO1915Kassa "special"'
    assert crc(line) == zlib.crc32(obvious(line))


@settings(deadline=None, max_examples=100)
@given(st.text('ab1 \t"\\{}', max_size=40))
def test_the_sum_equals_the_obvious_one(text: str) -> None:
    line = text.encode().replace(b"\x01", b"")
    if line.replace(b'\\"', b"").count(b'"') % 2 == 0:
        assert crc(line) == zlib.crc32(obvious(line))


def verdict(*blocks: bytes) -> Checksum:
    summation = Summation()
    for block in blocks:
        summation.read(block)
    return summation.checksum


def test_the_verdicts() -> None:
    body = b'#FNAMN "A B"\r\n'
    right = str(crc(body)).encode()
    assert verdict(body).verdict is Verdict.ABSENT
    assert verdict(b"#KSUMMA\r\n", body, b"#KSUMMA " + right + b"\r\n").verdict is Verdict.OK
    assert verdict(b"#KSUMMA\r\n" + body + b"#KSUMMA " + right + b"\n#X after\n").verdict is Verdict.OK
    assert verdict(b"#KSUMMA\r\n" + body + b"#KSUMMA 17\n").verdict is Verdict.MISMATCH
    assert verdict(b"#KSUMMA\r\n" + body + b"#KSUMMA -17\n").verdict is Verdict.MISMATCH
    assert verdict(b"#KSUMMA\r\n" + body + b"#KSUMMA 17\n#KSUMMA " + right).verdict is Verdict.MISMATCH
    assert verdict(b"#KSUMMA\r\n", body).verdict is Verdict.TRUNCATED
    assert verdict(body, b"#KSUMMA 17\n") == Checksum(unopened=True)


@pytest.mark.parametrize("text", [b'#PROSA "see #KSUMMA"\n', b"#PROSA x\n"])
def test_the_label_inside_a_text_is_only_text(text: bytes) -> None:
    assert verdict(b"#KSUMMA\n" + text + b"#KSUMMA %d\n" % crc(text)).verdict is Verdict.OK
