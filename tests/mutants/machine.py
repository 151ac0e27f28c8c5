"""A server and the transport it is spoken to over, put together and not yet started."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mutants import features, revisions
from mutants.protocol import Server

if TYPE_CHECKING:
    from mutants.transports.http import Http
    from mutants.transports.sse import Sse
    from mutants.transports.stdio import Stdio


class Settings(NamedTuple):
    """How a networked transport listens: `port` (0 picks one) and the bearer token it demands, if any."""

    port: int = 0
    token: str | None = None


class Machine:
    """What a fault may tamper with: the `server`, and the one of `stdio`, `http`, `sse` that is in use."""

    stdio: Stdio
    http: Http
    sse: Sse

    def __init__(self, transport: str, spoken: tuple[str, ...], settings: Settings) -> None:
        self.transport = transport
        self.server = Server(tuple(revision for revision in spoken if revision in revisions.SPOKEN_OVER[transport]))
        features.install(self.server)
        {"stdio": self._stdio, "http": self._http, "sse": self._sse}[transport](settings)

    def run(self) -> None:
        """Serve until told to stop."""
        served: Stdio | Http | Sse = getattr(self, self.transport)
        served.run()

    def _stdio(self, settings: Settings) -> None:
        from mutants.transports.stdio import Stdio

        self.stdio = Stdio(self.server)

    def _http(self, settings: Settings) -> None:
        from mutants.transports.http import Http

        self.http = Http(self.server, settings)

    def _sse(self, settings: Settings) -> None:
        from mutants.transports.sse import Sse

        self.sse = Sse(self.server, settings)
