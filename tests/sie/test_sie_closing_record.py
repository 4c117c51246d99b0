"""#KSUMMA as it is met: indented, quoted, without a line end, near its like."""

from __future__ import annotations

import pytest

from bridge.sie.checksum import Checksum, Summation, Verdict, crc

BODY = b'#FNAMN "A B"\n'
RIGHT = b"%d" % crc(BODY)


def checksum(*blocks: bytes) -> Checksum:
    summation = Summation()
    for block in blocks:
        summation.read(block)
    return summation.checksum


@pytest.mark.parametrize(
    "opening",
    [
        b"#KSUMMA\n",
        b" #KSUMMA\n",
        b"\t#KSUMMA \t\r\n",
        b' \t#KSUMMA ""\n',
        b"#KSUMMA \n",
        b"\r#KSUMMA\n",
        b"#KSUMMA\r \t\x1a\n",
    ],
)
@pytest.mark.parametrize(
    "closing",
    [
        b"#KSUMMA %b\n",
        b"#KSUMMA %b",
        b'\t #KSUMMA\t"%b"\r\n',
        b"\x1a\r#KSUMMA %b\n",
        b"#KSUMMA %b\x1a",
        b'#KSUMMA \t"%b" x "y"\n',
    ],
)
def test_it_is_read_however_it_is_spaced_and_quoted(opening: bytes, closing: bytes) -> None:
    assert checksum(opening + BODY + closing % RIGHT) == Checksum(Verdict.OK, RIGHT.decode(), RIGHT.decode())


def test_nothing_after_the_closing_record_on_its_line_is_summed() -> None:
    assert checksum(b"#KSUMMA and more\n" + BODY).verdict is Verdict.ABSENT
    assert checksum(b"#KSUMMA\n" + BODY + b"#KSUMMA %b\n#PROSA after\n" % RIGHT).computed == RIGHT.decode()


def test_the_label_in_the_middle_of_a_line_is_only_text() -> None:
    text = b'#PROSA "see #KSUMMA now"\n'
    assert checksum(b"#KSUMMA\n" + text + b"#KSUMMA %d\n" % crc(text)).verdict is Verdict.OK
    assert checksum(text) == Checksum()


def test_what_follows_the_closing_record_changes_nothing() -> None:
    for after in (b"#KSUMMA\n#PROSA x\n", b"#KSUMMA 17\n"):
        assert checksum(b"#KSUMMA\n" + BODY + b"#KSUMMA %b\n" % RIGHT + after) == Checksum(
            Verdict.OK, RIGHT.decode(), RIGHT.decode()
        )


def test_the_sum_is_a_number() -> None:
    round_ = next(body for body in (b"#PROSA %d\n" % n for n in range(100)) if crc(body) % 10 == 0)
    for body in (BODY, round_):
        right = b"%d" % crc(body)
        for stated, verdict in ((b"00" + right, "ok"), (right + b"0", "mismatch"), (b"X" + right, "mismatch")):
            assert checksum(b"#KSUMMA\n" + body + b"#KSUMMA " + stated + b"\n").verdict == verdict
        assert checksum(b"#KSUMMA\n" + body + b"#KSUMMA %d\n" % (crc(body) // 10)).verdict == "mismatch"
    assert checksum(b"#KSUMMA\n#KSUMMA 0\n").verdict == "ok"
    assert checksum(b"#KSUMMA\n#KSUMMA\n").verdict == "mismatch"


@pytest.mark.parametrize(("record", "found"), [(b"#KSUMMAX\n", False), (b"#KSUMMA{}\n", True), (b"#KSUMMA 1\n", True)])
def test_only_the_label_itself_is_the_record(record: bytes, found: bool) -> None:  # noqa: FBT001 - a table's column
    assert checksum(record + BODY) == Checksum(unopened=found)


def test_a_file_without_the_record_says_nothing() -> None:
    assert checksum(BODY) == Checksum(Verdict.ABSENT, "", "", unopened=False) == Checksum()


def test_an_opening_record_alone_gives_what_was_summed() -> None:
    assert checksum(b"#KSUMMA\n", BODY) == Checksum(Verdict.TRUNCATED, "", RIGHT.decode(), unopened=False)


def test_letters_braces_and_blanks_are_told_apart() -> None:
    assert crc(b'#X {A} "{X} \t"\r\n') == crc(b'#X A "{X} \t"\n') != crc(b'#X A "X"\n')
    assert crc(b"X\x1a") == crc(b"X") != crc(b"")
    assert crc(b'"a \\" b"') != crc(b'"a " b"')
