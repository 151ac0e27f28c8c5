"""Who asks: API keys, as `Authorization: Bearer KEY` or `X-API-Key: KEY`.

Keys are compared as digests, every one of them, in constant time. Clients on the same machine are spared only if the
server listens on loopback, the peer is on loopback, and nothing tells of a proxy between the two: what a proxy passes
on comes from anywhere, and is refused by a server that has no key to ask for. A proxy that leaves no trace can't be
told from a client, so behind one `--require-auth` belongs on the command line. A key that is shown is always looked
at, also where none was needed.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import os
from dataclasses import dataclass

from smcp.envelope import INVALID_REQUEST, UNREADABLE, error_response
from smcp.settings import Settings
from smcp.web.asgi import Rejected, Scope
from smcp.web.listening import is_loopback

PRINCIPAL = "smcp.principal"
"""Where the scope says whose request it is: a digest of the key, None for nobody in particular."""

_NEEDED = "a valid API key is required"
_UNKEYED = "the request came through a proxy, for which this server would need an API key to ask for"
_FORWARDING = frozenset(
    (b"forwarded", b"via", b"x-real-ip", b"x-client-ip", b"x-original-host", b"true-client-ip", b"cf-connecting-ip")
)
_FORWARDING_PREFIX = b"x-forwarded-"
_SALT = os.urandom(32)


@dataclass(frozen=True)
class Authentication:
    """What a request must show. `digests` are those of the keys; `disabled` asks nobody."""

    digests: tuple[bytes, ...] = ()
    loopback_exempt: bool = True
    disabled: bool = False

    @classmethod
    def of(cls, settings: Settings) -> Authentication:
        """Return what the settings ask for."""
        digests = tuple(_digest(key.encode("utf-8", "surrogateescape")) for key in settings.keys)
        exempt = settings.loopback_exempt and is_loopback(settings.host)
        return cls(digests, exempt, settings.authentication_disabled)

    def principal(self, scope: Scope) -> str | None:
        """Return whose request it is, None for nobody in particular. Raises `Rejected` with 401."""
        if self.disabled:
            return None
        # Without a key to compare it with, what a client shows says nothing.
        shown = _credentials(scope) if self.digests else []
        if not shown:
            if self.loopback_exempt and _is_local(scope):
                return None
            raise _unauthorized(_NEEDED if self.digests else _UNKEYED, 'Bearer realm="smcp"')
        digests = [_digest(credential) for credential in shown]
        known = [self._knows(digest) for digest in digests]
        if not all(known) or len(set(digests)) > 1:
            raise _unauthorized(_NEEDED, 'Bearer realm="smcp", error="invalid_token"')
        return digests[0].hex()

    def _knows(self, digest: bytes) -> bool:
        matches = [hmac.compare_digest(digest, one) for one in self.digests]  # all of them, whichever fits
        return any(matches)


def _credentials(scope: Scope) -> list[bytes]:
    """Return every credential of the request, as bytes: keys may be more than ASCII."""
    shown: list[bytes] = []
    for name, value in scope["headers"]:
        if name.lower() == b"x-api-key":
            shown.append(value.strip())
        elif name.lower() == b"authorization":
            scheme, _, token = value.strip().partition(b" ")
            # Of another scheme, or of none, it is a credential all the same: one that fits no key, for none is empty.
            shown.append(token.strip() if scheme.lower() == b"bearer" else b"")
    return shown


def _is_local(scope: Scope) -> bool:
    """True if nothing speaks against a client on this machine that connected by itself."""
    names = [name.lower() for name, _ in scope["headers"]]
    forwarded = any(name in _FORWARDING or name.startswith(_FORWARDING_PREFIX) for name in names)
    # Clients of today speak HTTP/1.1; 1.0 is what proxies with few settings speak to the server behind them.
    return not forwarded and scope.get("http_version") == "1.1" and _is_loopback_peer(scope)


def _is_loopback_peer(scope: Scope) -> bool:
    peer = scope.get("client")
    try:
        address = ipaddress.ip_address(peer[0] if peer else "")
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


def _unauthorized(reason: str, challenge: str) -> Rejected:
    content = error_response(INVALID_REQUEST, f"Unauthorized: {reason}", UNREADABLE)
    return Rejected(401, content, (b"www-authenticate", challenge.encode("ascii")))


def _digest(credential: bytes) -> bytes:
    # Salted anew in each process: what stands for a key is worth nothing elsewhere.
    return hashlib.blake2b(credential, digest_size=16, key=_SALT).digest()
