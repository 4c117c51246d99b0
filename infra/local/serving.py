"""Small HTTP servers on loopback: a fixed port where it is free, else the next one that is."""

from __future__ import annotations

import socket
import threading
from wsgiref.types import WSGIApplication

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

HOST = "127.0.0.1"
_TRIES = 50


class NoPort(Exception):
    """None of the ports from the wanted one on is free."""


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: requests are not news on one's own machine."""


class Listener:
    """A port that is taken, and from `serve` on answers with an application."""

    def __init__(self, wanted: int) -> None:
        self._socket = _bound(wanted)
        self._server: BaseWSGIServer | None = None
        self.wanted = wanted

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._socket.getsockname()[1])

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return f"http://{HOST}:{self.port}"

    def serve(self, application: WSGIApplication) -> None:
        """Answer requests from now on, each in a thread."""
        self._server = make_server(
            HOST, self.port, application, threaded=True, request_handler=_Quiet, fd=self._socket.fileno()
        )
        name = f"serve-{self.port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True, name=name).start()

    def stop(self) -> None:
        """Free the port."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
        self._socket.close()


def _bound(wanted: int) -> socket.socket:
    """Give a listening socket on the wanted port or the next free one; 0 means any."""
    for port in range(wanted, wanted + _TRIES) if wanted else (0,):
        one = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind((HOST, port))
            one.listen(128)
        except OSError:
            one.close()
            continue
        return one
    raise NoPort(f"no port from {wanted} to {wanted + _TRIES - 1} is free")
