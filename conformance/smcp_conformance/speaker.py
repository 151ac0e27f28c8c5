"""What is to be said: messages as a conforming client writes them in each era."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from smcp_conformance.revisions import STATELESS_REVISION
from smcp_conformance.tracebacks import ours

CLIENT_INFO = {"name": "smcp-conformance", "version": "0.1.0"}
META = "io.modelcontextprotocol/"
__tracebackhide__ = ours


class ParamsError(TypeError):
    """Params that can't be completed, for they are no mapping."""


@dataclass(kw_only=True)
class Speaker:
    """A client of one revision with the capabilities that it declares; it gives out ids."""

    revision: str
    client_capabilities: Mapping[str, Any] = field(default_factory=dict)
    _last_id: int = 0

    @property
    def stateless(self) -> bool:
        """True in the era without handshake."""
        return self.revision == STATELESS_REVISION

    @property
    def ping_method(self) -> str:
        """The method of the era's most harmless request."""
        return "server/discover" if self.stateless else "ping"

    def initialize_params(self) -> dict[str, Any]:
        """The params of this session's `initialize`."""
        return {
            "protocolVersion": self.revision,
            "capabilities": dict(self.client_capabilities),
            "clientInfo": CLIENT_INFO,
        }

    def meta(self) -> dict[str, Any]:
        """The `_meta` that each request of 2026-07-28 carries."""
        return {
            META + "protocolVersion": self.revision,
            META + "clientInfo": CLIENT_INFO,
            META + "clientCapabilities": dict(self.client_capabilities),
        }

    def next_id(self) -> int:
        """An id that this session has not used."""
        self._last_id += 1
        return self._last_id

    def params(self, params: Mapping[str, Any] | None, meta: Mapping[str, Any] | None = None) -> dict[str, Any] | None:
        """Complete params with the `_meta` of the era; None stays None where nothing is to be said."""
        if not self.stateless:
            if meta is None:
                return None if params is None else dict(params)
            return {**(params or {}), "_meta": dict(meta)}
        given = dict(params or {})
        return {**given, "_meta": {**self.meta(), **given.get("_meta", {}), **(meta or {})}}

    def message(
        self,
        method: str,
        params: Mapping[str, Any] | None = None,
        *,
        meta: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> dict[str, Any]:
        """A well-formed request as a value, for checks that then spoil one thing; `more` are further members.

        Raises ParamsError.
        """
        complete = self.params(params if params is None else members(method, params), meta)
        found: dict[str, Any] = {"jsonrpc": "2.0", "id": self.next_id(), "method": method}
        return {**found, **({} if complete is None else {"params": complete}), **more}


def members(method: str, params: object) -> dict[str, Any]:
    """Return params as a dict of their own; raises ParamsError if they are no mapping."""
    if isinstance(params, Mapping):
        return dict(params)
    whole = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    raise ParamsError(
        f"params of {method!r} are {params!r}, but must be a mapping; what no client should send goes as it is with "
        f"send_malformed(bytes), or as a value with send({whole!r})"
    )
