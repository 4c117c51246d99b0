from __future__ import annotations

import codecs
from collections.abc import Callable

import pytest

from bridge.sie import parse
from bridge.sie.encoding import Decoder, judge

TEXT = "Åkeri Öländska Sjöängen é"


@pytest.mark.parametrize(
    ("encoding", "name"),
    [("cp437", "cp437"), ("utf-8", "utf-8"), ("cp1252", "cp1252"), ("latin-1", "cp1252"), ("utf-8-sig", "utf-8")],
)
def test_the_encoding_is_told_from_the_bytes(sie_bytes: Callable[..., bytes], encoding: str, name: str) -> None:
    text = sie_bytes(f'#PROSA "{TEXT}"').decode("cp437")
    document, _ = parse(text.encode(encoding))
    assert document.header.comments == (TEXT,)
    assert document.encoding.name == name
    assert document.encoding.guessed == 0
    assert document.encoding.bom == (encoding == "utf-8-sig")


def test_plain_ascii_needs_no_guess() -> None:
    decoder = Decoder()
    assert decoder.decode(b"plain\n") == "plain\n"
    assert decoder.encoding.name == "ascii"


def test_the_first_letters_decide_and_later_ones_that_do_not_fit_are_counted() -> None:
    decoder = Decoder()
    decoder.decode(TEXT.encode("cp437"))
    assert decoder.decode("ö".encode("cp1252")) == "÷"
    assert decoder.encoding.guessed == 1


def test_a_line_that_is_not_utf8_in_a_file_that_is_gets_read_as_pc8_and_counted() -> None:
    decoder = Decoder()
    decoder.decode("Sjö\n".encode())
    assert decoder.decode("Åker\n".encode() + "Sjö\n".encode("cp437")) == "Åker\nSjö\n"
    assert decoder.encoding.guessed == 1


def test_bytes_that_windows_lacks_are_guessed_and_counted() -> None:
    decoder = Decoder()
    decoder.decode("Sjöängen\n".encode("cp1252"))
    assert decoder.decode(b"\x8fker\n") == "Åker\n"
    assert decoder.encoding.guessed == 2  # once as a letter of PC8, once as a byte that Windows lacks


def test_a_tie_is_pc8() -> None:
    assert judge(b"\xb0\xb1") == "cp437"


def test_every_byte_can_be_read() -> None:
    assert len(Decoder().decode(bytes(range(256)))) == 256


def test_a_byte_order_mark_alone_is_an_empty_file() -> None:
    document, _ = parse(codecs.BOM_UTF8)
    assert [finding.code for finding in document.findings] == ["file-not-sie"]
