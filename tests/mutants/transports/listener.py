"""The listening socket of a networked transport."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from http.server import ThreadingHTTPServer
from typing import Any

from mutants.transports.exchange import Exchange


def listen(port: int, answer: Callable[[Any], None]) -> ThreadingHTTPServer:
    """Bind to loopback; each request is handed to `answer`."""

    class Bound(Exchange):
        def exchange(self) -> None:
            answer(self)

    class Listener(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

        def server_bind(self) -> None:
            """Bind without asking the name service who we are."""
            self.socket.bind(self.server_address)
            self.server_address = self.socket.getsockname()

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that hangs up is nothing to report."""
            if not isinstance(sys.exc_info()[1], ConnectionError):
                super().handle_error(request, client_address)

    return Listener(("127.0.0.1", port), Bound)


def serve(listener: ThreadingHTTPServer, url: str, stop: Callable[[], None]) -> None:
    """Serve until SIGTERM, after saying on stderr where."""

    def terminated(number: int, frame: object) -> None:
        stop()
        os._exit(0)

    signal.signal(signal.SIGTERM, terminated)
    sys.stderr.write(f"listening on {url}\n")
    sys.stderr.flush()
    listener.serve_forever(poll_interval=0.05)
