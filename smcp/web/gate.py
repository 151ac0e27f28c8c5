"""The outermost layer over HTTP: what every request must pass, whatever its path, before anything reads its body."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from smcp.envelope import INVALID_REQUEST, UNREADABLE, error_response
from smcp.web import asgi
from smcp.web.asgi import App, Disconnected, Receive, Rejected, Scope, Send
from smcp.web.authentication import PRINCIPAL, Authentication
from smcp.web.source import check_source

log = logging.getLogger(__name__)

MAX_HEAD = 64 * 1024
"""Bytes of a request's target and headers."""


class Gate:
    """An ASGI application that lets a request through to the one for its path.

    `paths` maps paths to applications; every other path, and the server's own lifespan, is `inner`'s.
    """

    def __init__(self, inner: App, paths: Mapping[str, App], authentication: Authentication, host: str) -> None:
        self._inner = inner
        self._paths = paths
        self._authentication = authentication
        self._host = host

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, as ASGI says."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        # No query here, which may hold a session's id, and of the path no more than a line.
        asked = f"{scope['method'][:20]} {scope['path'][:100]!r}"
        try:
            admitted = self._admitted(scope)
            log.debug("%s", asked)
            await self._paths.get(scope["path"], self._inner)(admitted, receive, send)
        except Rejected as rejected:
            log.log(_level(rejected.status), "%s refused with status %d", asked, rejected.status)
            await asgi.answer(send, rejected.status, rejected.content, rejected.headers)
        except Disconnected:
            log.debug("%s: the client left", asked)

    def _admitted(self, scope: Scope) -> Scope:
        """Return the scope with the principal in it. Raises `Rejected` with 401, 403 or 431."""
        check_size(scope)
        check_source(scope, self._host)
        return {**scope, PRINCIPAL: self._authentication.principal(scope)}


def check_size(scope: Scope) -> None:
    """Refuse more headers than anyone needs. Raises `Rejected` with 431."""
    size = len(scope.get("raw_path") or b"") + len(scope.get("query_string") or b"")
    size += sum(len(name) + len(value) + 4 for name, value in scope["headers"])
    if size > MAX_HEAD:
        refusal = f"Request Header Fields Too Large: at most {MAX_HEAD} bytes"
        raise Rejected(431, error_response(INVALID_REQUEST, refusal, UNREADABLE), (b"connection", b"close"))


def _level(status: int) -> int:
    """What the operator of a server wants to hear of: people at the door without a key, and pages that try."""
    return logging.INFO if status in (401, 403) else logging.DEBUG
