from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator

import httpx
import pytest

from bridge.fortnox.client import Client
from bridge.fortnox.errors import FortnoxError, FortnoxRefused, FortnoxUnavailable, ScopeMissing
from bridge.fortnox.sie import CHUNK
from tests.fortnox.conftest import ScriptedFortnox, answer, refused

FILE = '#FLAGGA 0\r\n#FORMAT PC8\r\n#FNAMN "Åäö AB"\r\n'.encode("cp437") * 500


def streamed(chunks: Iterator[bytes], **headers: str) -> httpx.Response:
    return httpx.Response(200, content=chunks, headers={name.replace("_", "-"): text for name, text in headers.items()})


def fetched(client: Client) -> bytes:
    with client.sie(4) as chunks:
        return b"".join(chunks)


def test_the_bytes_come_as_they_are(client: Client, fortnox: ScriptedFortnox) -> None:
    fortnox.on("/sie/4", answer(200, FILE))
    assert fetched(client) == FILE
    request = fortnox.requests[0]
    assert request.url.params["financialyear"] == "4"
    assert (request.headers["Accept"], request.headers["Accept-Encoding"]) == ("*/*", "identity")


def test_nothing_is_read_ahead(client: Client, fortnox: ScriptedFortnox) -> None:
    made = []

    def chunks() -> Iterator[bytes]:
        for number in range(100):
            made.append(number)
            yield b"#" + bytes([number]) * 1000

    fortnox.on("/sie/4", streamed(chunks()))
    with client.sie(4) as file:
        next(file)
        assert len(made) == 1
        next(file)
        assert len(made) == 2
    assert len(made) == 2


def test_an_empty_file_is_empty(client: Client, fortnox: ScriptedFortnox) -> None:
    fortnox.on("/sie/4", answer(200, b""))
    assert fetched(client) == b""


@pytest.mark.parametrize(("encoding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
def test_a_packed_file_is_unpacked_although_we_did_not_ask_for_it(
    client: Client, fortnox: ScriptedFortnox, encoding: str, pack: type[bytes]
) -> None:
    packed = pack(FILE)
    pieces = iter([packed[:7], packed[7:20], b"", packed[20:]])
    fortnox.on("/sie/4", streamed(pieces, Content_Encoding=encoding))
    assert fetched(client) == FILE


def test_a_bomb_unfolds_in_small_pieces(client: Client, fortnox: ScriptedFortnox) -> None:
    bomb = gzip.compress(b"#" * 20_000_000)
    fortnox.on("/sie/4", streamed(iter([bomb]), Content_Encoding="gzip"))
    with client.sie(4) as file:
        sizes = [len(chunk) for chunk in file]
    assert sum(sizes) == 20_000_000
    assert max(sizes) <= CHUNK


@pytest.mark.parametrize(
    ("chunks", "encoding", "reason"),
    [
        ([gzip.compress(FILE)[:-20]], "gzip", "cut off"),
        ([gzip.compress(FILE), gzip.compress(FILE)], "gzip", "more after its end"),
        ([gzip.compress(FILE) + b"x"], "gzip", "more after its end"),
        ([b"#not packed"], "gzip", "does not unpack"),
        ([FILE], "br", "packed as br"),
    ],
)
def test_a_file_packed_badly_is_no_file(
    client: Client, fortnox: ScriptedFortnox, chunks: list[bytes], encoding: str, reason: str
) -> None:
    fortnox.on("/sie/4", streamed(iter(chunks), Content_Encoding=encoding))
    with pytest.raises(FortnoxUnavailable, match=reason):
        fetched(client)


def test_a_stream_that_breaks_says_so(client: Client, fortnox: ScriptedFortnox) -> None:
    def breaking() -> Iterator[bytes]:
        yield FILE
        raise httpx.ReadError("reset")

    fortnox.on("/sie/4", streamed(breaking()))
    with client.sie(4) as file:
        assert next(file) == FILE
        with pytest.raises(FortnoxUnavailable, match="ReadError"):
            next(file)
    assert len(fortnox.requests) == 1


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        (refused(200, 2000663, "Har inte behörighet för scope."), ScopeMissing),
        (refused(400, 2000729, "A valid identifier was not provided."), FortnoxRefused),
        (answer(200, b" <html>maintenance</html>"), FortnoxUnavailable),
        (answer(200, b"{half"), FortnoxUnavailable),
        (answer(200, {"message": "unauthorized"}), FortnoxUnavailable),
    ],
)
def test_an_error_in_the_place_of_a_file_is_an_error(
    client: Client, fortnox: ScriptedFortnox, response: httpx.Response, kind: type[FortnoxError]
) -> None:
    fortnox.on("/sie/4", response)
    with pytest.raises(kind):
        fetched(client)


def test_what_the_reader_raises_is_its_own(client: Client, fortnox: ScriptedFortnox) -> None:
    fortnox.on("/sie/4", answer(200, FILE))
    with pytest.raises(ZeroDivisionError), client.sie(4):
        raise ZeroDivisionError
