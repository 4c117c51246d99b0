"""The simulator on a loopback port, in a thread of its own."""

from __future__ import annotations

import threading

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from infra.local.fortnox.simulator import Simulator


class _Quiet(WSGIRequestHandler):
    """Answers in HTTP/1.1, so that a stream without a length can be told from a broken one; logs nothing."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


class Server:
    """A running server: `url` is where it answers, `stop` ends it and saves the simulator's state."""

    def __init__(self, simulator: Simulator, server: BaseWSGIServer, host: str) -> None:
        self.url = f"http://{host}:{server.port}"
        self._simulator, self._server = simulator, server
        self._thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True, name="fortnox")
        self._thread.start()

    def stop(self) -> None:
        """Stop answering, then save."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._simulator.save()


def serve(simulator: Simulator, host: str = "127.0.0.1", port: int = 0) -> Server:
    """Start serving; port 0 takes a free one."""
    return Server(simulator, make_server(host, port, simulator.wsgi, threaded=True, request_handler=_Quiet), host)
