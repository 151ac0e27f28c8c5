"""Keeping secrets secret in everything that people read.

A secret is looked for in every form in which a server may echo it: as it is, JSON-escaped (once and twice, for JSON in
a text), URL-encoded, in base64 at each of the three alignments, and cut in two where a long text was shortened. The
values of credential headers are masked whoever sent them.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any
from urllib.parse import quote, quote_plus

MASK = "***"
CUT = "…"  # what stands for the part that was left out of a long text
SHORTEST_PIECE = 4  # fewer letters of a secret than that tell nobody anything
SHORTEST_IN_BASE64 = 6  # bytes; of fewer, too little is the same at every alignment

_CREDENTIAL_HEADER = re.compile(
    r"""(?<![\w/.-])(?P<name>(?:proxy-)?authorization|x-api-key|(?:set-)?cookie)
        (?P<between>\\*["']?\s*:(?!:)\s*\\*["']?|\\*["'],\s*\\*["'])
        (?P<value>[^"'\\\r\n]+)""",
    re.IGNORECASE | re.VERBOSE,
)


class Mask:
    """A function from text to the same text without `secrets` and without what matches `patterns`."""

    def __init__(self, secrets: Iterable[str], patterns: Iterable[str] = ()) -> None:
        found = {form for secret in secrets if secret for form in forms(secret)}
        self._forms = sorted(found, key=lambda form: (-len(form), form))
        self._whole = re.compile("|".join(map(re.escape, self._forms)) or r"(?!)")
        self._patterns = tuple(re.compile(pattern) for pattern in patterns)

    def __call__(self, text: str) -> str:
        """Return `text` with `***` for each secret."""
        text = self._without_pieces(self._whole.sub(MASK, text))
        text = _CREDENTIAL_HEADER.sub(rf"\g<name>\g<between>{MASK}", text)
        for pattern in self._patterns:
            text = pattern.sub(MASK, text)
        return text

    def raw(self, data: bytes) -> bytes:
        """Return bytes with `***` for each secret, whatever else they hold."""
        return self(data.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")

    def value(self, value: Any) -> Any:
        """Return JSON with every string in it masked, keys included."""
        if isinstance(value, str):
            return self(value)
        if isinstance(value, dict):
            return {self(str(key)): self.value(each) for key, each in value.items()}
        return [self.value(each) for each in value] if isinstance(value, list | tuple) else value

    def _without_pieces(self, text: str) -> str:
        """Mask what is left of a secret on either side of a cut, and where the beginning of `text` was cut off."""
        parts = [self._without_tail(part) for part in text.split(CUT)]
        return CUT.join([*(self._without_head(part) for part in parts[:-1]), parts[-1]])

    def _without_head(self, part: str) -> str:
        """Mask the beginning of a secret at the end of `part`."""
        shown = part.rstrip()
        ends = (form[: at + SHORTEST_PIECE] for form, at in self._places(shown[-SHORTEST_PIECE:]))
        length = max((len(end) for end in ends if shown.endswith(end)), default=0)
        return shown[:-length] + MASK + part[len(shown) :] if length else part

    def _without_tail(self, part: str) -> str:
        """Mask the end of a secret at the beginning of `part`."""
        shown = part.lstrip()
        starts = (form[at:] for form, at in self._places(shown[:SHORTEST_PIECE]))
        length = max((len(start) for start in starts if shown.startswith(start)), default=0)
        return part[: len(part) - len(shown)] + MASK + shown[length:] if length else part

    def _places(self, piece: str) -> Iterator[tuple[str, int]]:
        """Yield where `piece` stands in any form of a secret: the form and the position."""
        for form in self._forms if len(piece) == SHORTEST_PIECE else ():
            at = form.find(piece)
            while at >= 0:
                yield form, at
                at = form.find(piece, at + 1)


def masked(text: str, secrets: Iterable[str], patterns: Iterable[str] = ()) -> str:
    """Replace every one of `secrets`, in all its forms, and every match of `patterns` in `text` by `***`."""
    return _mask(tuple(secrets), tuple(patterns))(text)


def forms(secret: str) -> Iterator[str]:
    """Every way in which `secret` may be written down."""
    for plain in {secret, " ".join(secret.split())}:
        yield plain
        yield repr(plain)[1:-1]
        for ascii_only in (True, False):
            escaped = json.dumps(plain, ensure_ascii=ascii_only)[1:-1]
            yield escaped
            yield json.dumps(escaped, ensure_ascii=ascii_only)[1:-1]
        for encoded in (quote(plain), quote(plain, safe=""), quote_plus(plain)):
            yield encoded
            yield re.sub("%[0-9A-F]{2}", lambda match: match[0].lower(), encoded)
        yield from _in_base64(plain.encode())


def _in_base64(secret: bytes) -> Iterator[str]:
    """The letters of base64 that `secret` alone decides, at each place it can have in a longer text."""
    for encode in (b64encode, urlsafe_b64encode):
        yield encode(secret).decode()
        if len(secret) < SHORTEST_IN_BASE64:
            continue
        for before in range(3):
            bits = 8 * (before + len(secret))
            first = -(-8 * before // 6)
            yield encode(bytes(before) + secret).decode()[first : bits // 6]


@lru_cache(maxsize=64)
def _mask(secrets: tuple[str, ...], patterns: tuple[str, ...]) -> Mask:
    return Mask(secrets, patterns)
