"""GET sie/4: the ledger of a year as the bytes Fortnox sends (CP437), never more than one chunk at a time."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain

import httpx

from bridge.fortnox.errors import FortnoxUnavailable, at_the_wall, error_information, refusal
from bridge.fortnox.session import Session
from bridge.fortnox.wire import read_json

CHUNK = 65_536
"""Bytes that are inflated at a time: a bomb of zeros costs this much memory and no more."""

ANY_ZLIB = 47
"""zlib's window bits for gzip and deflate alike."""


@contextmanager
def fetch_sie(session: Session, year_id: int) -> Iterator[Iterator[bytes]]:
    """Open the SIE 4 file of the year; the iterator raises FortnoxUnavailable when the stream breaks."""
    with session.stream("/sie/4", financialyear=year_id) as response:
        yield _unless_refused(_plain(response))


def _plain(response: httpx.Response) -> Iterator[bytes]:
    """Give the chunks as sent; inflate if they were packed although we asked for them as they are."""
    encoding = response.headers.get("Content-Encoding", "identity").lower()
    if encoding == "identity":
        return _chunks(response)
    if encoding in {"gzip", "deflate"}:
        return _inflated(_chunks(response))
    raise FortnoxUnavailable(f"a file packed as {encoding[:20]}")


def _chunks(response: httpx.Response) -> Iterator[bytes]:
    with at_the_wall():
        yield from response.iter_raw()


def _inflated(chunks: Iterator[bytes]) -> Iterator[bytes]:
    machine = zlib.decompressobj(ANY_ZLIB)
    try:
        for chunk in chunks:
            packed = chunk
            while packed:
                yield machine.decompress(packed, CHUNK)
                packed = machine.unconsumed_tail
            if machine.unused_data:
                raise FortnoxUnavailable("a packed file with more after its end")
        yield machine.flush()
    except zlib.error:
        raise FortnoxUnavailable("a packed file that does not unpack") from None
    if not machine.eof:
        raise FortnoxUnavailable("a packed file that is cut off")


def _unless_refused(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Pass a file on; raise when what came, with status 200, is an error or a web page. A SIE file begins with #."""
    first = next((chunk for chunk in chunks if chunk), b"")
    if not first.lstrip().startswith((b"{", b"<")):
        return chain((first,), chunks)
    try:
        information = error_information(read_json(first))
    except ValueError:
        information = None
    raise FortnoxUnavailable("no SIE file came") if information is None else refusal(information, "sie")
