from __future__ import annotations

import codecs
from collections.abc import Callable

import pytest

from bridge.sie import Document, parse
from bridge.sie.encoding import Decoder

TEXT = "Åkeri Öländska Sjöängen é"
LINES = ("Företagskonto", "FÖRSÄLJNING", "Övriga intäkter", "Ränta på sjö", "5 st å 100", "Linnéa", "Årsta")


@pytest.mark.parametrize("text", [TEXT, *LINES])
@pytest.mark.parametrize(
    ("encoding", "name"),
    [("cp437", "cp437"), ("utf-8", "utf-8"), ("cp1252", "cp1252"), ("latin-1", "cp1252"), ("utf-8-sig", "utf-8")],
)
def test_the_encoding_is_told_from_the_bytes(
    sie_bytes: Callable[..., bytes], encoding: str, name: str, text: str
) -> None:
    written = sie_bytes(f'#PROSA "{text}"').decode("cp437")
    document, _ = parse(written.encode(encoding))
    assert document.header.comments == (text,)
    assert document.encoding.name == name
    assert document.encoding.guessed == 0
    assert document.encoding.line is None
    assert document.encoding.bom == (encoding == "utf-8-sig")


def test_plain_ascii_needs_no_guess() -> None:
    decoder = Decoder()
    assert decoder.decode(b"plain\n") == "plain\n"
    assert decoder.encoding.name == "ascii"


def test_every_byte_can_be_read() -> None:
    for before in ("cp437", "utf-8", "cp1252"):
        decoder = Decoder()
        decoder.decode(TEXT.encode(before))
        assert len(decoder.decode(bytes(range(128)) + bytes(range(255, 127, -1)))) == 256


def test_a_byte_order_mark_alone_is_an_empty_file() -> None:
    document, _ = parse(codecs.BOM_UTF8)
    assert [finding.code for finding in document.findings] == ["file-not-sie"]


# What a file is that begins so, a line that does not fit it, how that is read, how many letters of it are a guess.
STRAYS = [
    ("cp437", "C:\\Företag\\Bok".encode("cp1252"), "C:\\F÷retag\\Bok", 1),
    ("cp437", b'"\xc51" "\x86rsta"', '"┼1" "årsta"', 1),
    ("cp437", "5 st å 100 Müller".encode("cp1252"), "5 st \u03c3 100 Mⁿller", 2),
    ("cp437", "Sjöängen".encode(), "Sj├╢├ñngen", 2),
    ("cp437", "10 ÷ 2 ┌─┼─┐ Σ".encode("cp437"), "10 ÷ 2 ┌─┼─┐ Σ", 0),
    ("cp1252", "Sjöängen".encode("cp437"), "Sj”„ngen", 2),
    ("cp1252", "Sjöängen É".encode(), "SjÃ¶Ã¤ngen Ã‰", 3),
    ("cp1252", "Årsta Öster Müller".encode("cp437"), "Årsta ™ster Müller", 3),
    ("cp1252", "„Citat” † Žižek™ 5\u201a0".encode("cp1252"), "„Citat” † Žižek™ 5\u201a0", 0),
    ("utf-8", "Sjöängen".encode("cp437"), "Sjöängen", 2),
    ("utf-8", "Sjöängen".encode("cp1252"), "Sjöängen", 2),
    ("utf-8", "Sjö".encode() + b"\xc3", "SjöÃ", 1),
    ("utf-8", b"5 \x80", "5 €", 1),
]


@pytest.mark.parametrize(("encoding", "stray", "text", "guessed"), STRAYS)
def test_letters_that_do_not_fit_their_file_are_counted_and_told_with_the_first_line(
    sie_bytes: Callable[..., bytes], encoding: str, stray: bytes, text: str, guessed: int
) -> None:
    lines = sie_bytes(*[f'#PROSA "{TEXT}"'] * 9).decode("cp437").encode(encoding)
    document, _ = parse(lines + b'#PROSA "' + stray.replace(b'"', b'\\"') + b'"\n')
    assert document.header.comments[-1] == text
    assert document.encoding.name == encoding
    assert document.encoding.guessed == guessed
    found = [each for each in document.findings if each.code == "encoding-guessed"]
    assert [each.place and each.place.line for each in found] == ([23] if guessed else [])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("┼──┼──┼ Rubrik ┼──┼──┼ på", "cp437"),
        ("\xb0\xb1\xb2", "cp437"),
        ("”Företag” \u2013 „Åkeri”", "cp1252"),
        ("Sjöängen " * 3 + "\udcc3", "utf-8"),
    ],
)
def test_what_is_no_letter_of_a_word_does_not_decide(text: str, name: str) -> None:
    decoder = Decoder()
    data = text.encode(name, "surrogateescape") if name != "cp437" or "\xb0" not in text else text.encode("latin-1")
    decoder.decode(data)
    assert decoder.encoding.name == name


def test_a_wrong_first_impression_is_corrected() -> None:
    decoder = Decoder()
    assert decoder.decode("┼1\n".encode("cp437"), 7) == "Å1\n"
    assert decoder.encoding.name == "cp1252"
    assert decoder.decode(f"{TEXT}\n".encode("cp437")) == f"{TEXT}\n"
    assert decoder.encoding.name == "cp437"
    assert (decoder.encoding.guessed, decoder.encoding.line) == (1, 7)


def test_later_blocks_of_another_encoding_are_read_right_or_told() -> None:
    decoder = Decoder()
    decoder.decode("A\npå\n".encode("cp437"), 2)
    assert decoder.decode(f"{TEXT}\n".encode()) == f"{TEXT}\n"
    assert decoder.encoding.name == "utf-8"
    assert decoder.decode(f"{TEXT}\n".encode("cp1252"), 5) == f"{TEXT}\n"
    assert (decoder.encoding.guessed, decoder.encoding.line) == (7, 3)


def test_letters_read_in_another_encoding_are_counted_from_the_first_line_that_has_any() -> None:
    decoder = Decoder()
    decoder.decode("\nA\nÇ\nSjöängen F".encode("cp437") + "öretag\n".encode("cp1252"), 2)
    assert (decoder.encoding.guessed, decoder.encoding.line) == (1, 5)
    decoder.decode(f"{TEXT}\n".encode())
    assert (decoder.encoding.name, decoder.encoding.line) == ("utf-8", 4)


@pytest.mark.parametrize(
    ("name", "other", "letters", "read"),
    [
        ("cp437", "utf-8", "å", "cp437"),
        ("cp437", "utf-8", "åå", "utf-8"),
        ("cp1252", "utf-8", "å", "cp1252"),
        ("cp1252", "utf-8", "åå", "utf-8"),
        ("utf-8", "cp437", "båt", "utf-8"),
        ("utf-8", "cp437", "båt båt", "cp437"),
    ],
)
def test_every_block_without_doubt_speaks_a_little_for_the_encoding(
    name: str, other: str, letters: str, read: str
) -> None:
    decoder = Decoder()
    for _ in range(2):
        decoder.decode("båt\n".encode(name))
    decoder.decode(f"{letters}\n".encode(other))
    assert decoder.encoding.name == read


def test_of_two_encodings_that_are_as_likely_the_first_stays() -> None:
    decoder = Decoder()
    decoder.decode("båt\n".encode("cp437"))
    decoder.decode("å\n".encode())
    assert decoder.encoding.name == "cp437"


def test_an_edge_of_a_word_and_a_block_without_doubt_outweigh_one_letter() -> None:
    decoder = Decoder()
    for _ in range(2):
        decoder.decode("på\n".encode("cp437"))
    decoder.decode("å\n".encode())
    assert decoder.encoding.name == "cp437"


def test_lines_are_counted_from_the_beginning_of_each_block() -> None:
    decoder = Decoder()
    decoder.decode(f"{TEXT}\n".encode("cp437"))
    decoder.decode("\nFöretag\n".encode("cp1252"), 5)
    assert decoder.encoding.line == 6
    alone = Decoder()
    alone.decode(f"{TEXT}\n".encode("cp437") + "Företag\n".encode("cp1252"))
    assert alone.encoding.line == 2


def test_a_byte_order_mark_is_one_at_the_very_beginning_alone() -> None:
    decoder = Decoder()
    decoder.decode(b"a\n")
    decoder.decode(codecs.BOM_UTF8 + b"b\n")
    assert not decoder.encoding.bom


def test_letters_that_come_late_in_a_large_file_are_read_right(sie_bytes: Callable[..., bytes]) -> None:
    early = sie_bytes(*["#PROSA plain"] * 40_000)
    for encoding in ("cp437", "utf-8", "cp1252"):
        document, _ = parse(early + f'#PROSA "{TEXT}"\r\n'.encode(encoding))
        assert document.header.comments[-1] == TEXT
        assert document.encoding.name == encoding


@pytest.mark.parametrize("ruined", ["F”rs„ljning", "FÃ¶rsÃ¤ljning", "bÃ¥tlÃ¥da", "F├╢rs├ñljning", "F÷rsΣljning"])
def test_texts_that_were_ruined_before_they_were_saved_are_told(
    sie_document: Callable[..., Document], sie_bytes: Callable[..., bytes], ruined: str
) -> None:
    data = sie_bytes().decode("cp437").encode() + f'#PROSA "{TEXT}"\n#PROSA "{ruined}"\n'.encode()
    document, _ = parse(data)
    assert document.header.comments[-1] == ruined
    (found,) = (each for each in document.findings if each.code == "text-mojibake")
    assert (found.place and found.place.line, found.count) == (15, 2)
    fine = sie_document(f'#PROSA "{TEXT}"')
    assert "text-mojibake" not in {each.code for each in fine.findings}
