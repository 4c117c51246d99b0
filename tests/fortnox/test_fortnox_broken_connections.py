"""Real sockets on this machine that break in the middle: what a write then is, and how often the server saw it."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

import pytest

from bridge.exports.voucher import Ambiguous, NotSent, Ok, Outcome, Row, VoucherDraft
from bridge.fortnox.client import Client
from bridge.fortnox.errors import FortnoxUnavailable
from tests.fortnox.conftest import FreePacer, TokenSource, VirtualTime

DRAFT = VoucherDraft("A", date(2026, 12, 31), "Bokslut", (Row(1930, 100), Row(3001, -100)))
VOUCHER = {
    "VoucherSeries": "A",
    "VoucherNumber": 1,
    "Year": 4,
    "TransactionDate": "2026-12-31",
    "Description": "Bokslut",
}
BODY = json.dumps({"Voucher": {**VOUCHER, "VoucherRows": []}}).encode()
HEAD = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(BODY)
FILE = b"#FLAGGA 0\r\n"


def read_request(connection: socket.socket) -> bytes:
    """Read one request; empty when the client has hung up."""
    data = b""
    while b"\r\n\r\n" not in data:
        received = connection.recv(65_536)
        if not received:
            return b""
        data += received
    head, _, body = data.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
    while len(body) < length:
        body += connection.recv(65_536)
    return head + body


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def closes_unread(_: socket.socket) -> None:
    return


def resets_after_reading(connection: socket.socket) -> None:
    read_request(connection)
    reset(connection)


def says(*parts: bytes) -> Callable[[socket.socket], None]:
    def behave(connection: socket.socket) -> None:
        read_request(connection)
        for part in parts:
            connection.sendall(part)

    return behave


@dataclass
class Server:
    """One behaviour for every connection; counts connections."""

    behave: Callable[[socket.socket], None]
    connections: int = 0
    listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}/3"

    def serve(self) -> None:
        while True:
            connection, _ = self.listener.accept()
            with connection:
                if self.connections < 0:
                    return
                self.connections += 1
                self.behave(connection)

    def stop(self) -> None:
        self.connections = -1
        socket.create_connection(self.listener.getsockname()).close()


@pytest.fixture
def serve(time: VirtualTime) -> Iterator[Callable[[Callable[[socket.socket], None]], tuple[Server, Client]]]:
    running: list[tuple[Server, threading.Thread, Client]] = []

    def start(behave: Callable[[socket.socket], None]) -> tuple[Server, Client]:
        server = Server(behave)
        thread = threading.Thread(target=server.serve)
        thread.start()
        client = Client(TokenSource(), server.address, pacer=FreePacer(), sleep=time.sleep, chance=lambda: 0.0)
        running.append((server, thread, client))
        return server, client

    yield start
    for server, thread, client in running:
        client.close()
        server.stop()
        thread.join()
        server.listener.close()


Serve = Callable[[Callable[[socket.socket], None]], tuple[Server, Client]]


@pytest.mark.parametrize(
    ("behave", "kind"),
    [
        (closes_unread, Ambiguous),
        (says(), Ambiguous),
        (resets_after_reading, Ambiguous),
        (says(HEAD), Ambiguous),
        (says(HEAD, BODY[:20]), Ambiguous),
        (says(b"\x00\xffgarbage\r\n\r\n"), Ambiguous),
        (says(b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}"), Ambiguous),
        (says(b"HTTP/1.1 201 Created\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"), Ambiguous),
        (says(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"), Ambiguous),
        (says(HEAD, BODY), Ok),
    ],
)
def test_a_write_is_seen_once_and_its_outcome_is_what_is_known(
    serve: Serve, behave: Callable[[socket.socket], None], kind: type[Outcome]
) -> None:
    server, client = serve(behave)
    assert type(client.post_voucher(DRAFT, 4)) is kind
    assert server.connections == 1


def test_each_write_has_a_connection_of_its_own_though_the_server_would_keep_it(serve: Serve) -> None:
    def keeps_open(connection: socket.socket) -> None:
        while read_request(connection):
            connection.sendall(HEAD + BODY)

    server, client = serve(keeps_open)
    assert isinstance(client.post_voucher(DRAFT, 4), Ok)
    assert isinstance(client.post_voucher(DRAFT, 4), Ok)
    assert server.connections == 2


def test_where_nobody_listens_nothing_was_sent(tokens: TokenSource, pacer: FreePacer, time: VirtualTime) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed_soon:
        address = f"http://127.0.0.1:{closed_soon.getsockname()[1]}/3"
    with Client(tokens, address, pacer=pacer, sleep=time.sleep, chance=lambda: 0.0) as client:
        assert client.post_voucher(DRAFT, 4) == NotSent("no connection (ConnectError)")


def test_a_file_cut_off_in_the_middle_is_no_file(serve: Serve) -> None:
    server, client = serve(says(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", FILE))
    with client.sie(4) as chunks:
        assert next(chunks) == FILE
        with pytest.raises(FortnoxUnavailable, match="RemoteProtocolError"):
            next(chunks)
    assert server.connections == 1


def test_an_error_cut_off_in_the_middle_is_read_again(serve: Serve) -> None:
    server, client = serve(says(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 99\r\n\r\n", b"{"))
    with pytest.raises(FortnoxUnavailable, match="RemoteProtocolError"), client.sie(4):
        pass
    assert server.connections == 6
