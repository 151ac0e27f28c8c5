"""Which values of the inherited environment are secrets, as far as names and values tell.

A variable whose name has a word such as TOKEN or KEY in it is taken to hold one, and so is the password in a URL. Kept
out is what would garble every text: what is very short, switches, the names of methods, and paths that exist.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

SHORTEST = 6  # letters; of what is shorter, too much of a text would look like it
LONG_LINE = 16  # letters of one line of a key in PEM, which a server may print line by line

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_TELLING = re.compile(r"(?:\w*(?:token|secret|password|passwd|passphrase|credential)|(?:\w*api)?key)s?|pass|pwd|pat")
_HINTING = frozenset(("auth", "accesskey", "privatekey", "cookie", "bearer", "signature"))
_PLAIN_WORD = re.compile(r"[a-z]+|[A-Z]+|[A-Z][a-z]+")
_ORDINARY = frozenset(
    ("anonymous", "bearer", "default", "disabled", "enabled", "keychain", "keyring", "optional", "password", "required")
)


def inherited_secrets(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the values in `environ` that no output may show, in the order of their names."""
    return tuple(dict.fromkeys(value for name in sorted(environ) for value in _secrets(name, environ[name])))


def _secrets(name: str, value: str) -> Iterator[str]:
    if is_credential(name, value):
        yield value
        yield from (line for line in value.splitlines() if len(line) >= LONG_LINE and not line.startswith("-----"))
    elif password := _password_in_url(value):
        yield password
        yield unquote(password)


def is_credential(name: str, value: str) -> bool:
    """Tell whether a variable of this name looks like a credential, and its value like no path, switch or method."""
    words = [word.lower() for word in _WORDS.findall(name)]
    telling = any(_TELLING.fullmatch(word) for word in words)
    if not telling and _HINTING.isdisjoint(words):
        return False
    if len(value.strip()) < SHORTEST or value.lower() in _ORDINARY or _is_path(value):
        return False
    return telling or not _PLAIN_WORD.fullmatch(value)


def _is_path(value: str) -> bool:
    """Tell whether `value` is there as a file, or would be in a folder that is; "/" alone proves nothing."""
    path = Path(value)
    try:
        return path.is_absolute() and (path.exists() or (len(path.parts) > 2 and path.parent.is_dir()))
    except (OSError, ValueError):  # too long for a path, or with a NUL
        return False


def _password_in_url(value: str) -> str:
    try:
        parts = urlsplit(value)
    except ValueError:
        return ""
    password = parts.password or "" if parts.scheme and parts.netloc else ""
    return password if len(password) >= SHORTEST and password != parts.username else ""
