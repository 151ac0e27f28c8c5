"""Logs: set up once at the start, on stderr, and in a file only if a folder for it was named.

The console shows INFO over HTTP and WARNING over stdio, where stderr often lands in a client's window. The file,
`mcp_server.log` in MCP_LOG_DIR, holds DEBUG of this package. Of other packages both hold WARNING and worse: the SDK's
DEBUG quotes whole messages, and with them the arguments of calls. What is written goes through a formatter that
knows the keys and the shape of session ids and leaves neither readable.
"""

from __future__ import annotations

import logging
import re
import sys
import time
from collections.abc import Iterable

from smcp.settings import Settings

FILE = "mcp_server.log"

MAX_BYTES = 10 * 1024 * 1024
"""Bytes of the file before it is rotated."""

BACKUPS = 5
"""Older files that are kept."""

_MASK = "***"
_SESSION = re.compile(r"\b[0-9a-fA-F]{32}\b")


class Masking(logging.Formatter):
    """A formatter in UTC that writes keys and session ids as `***`, in messages and tracebacks alike."""

    def __init__(self, shape: str, keys: Iterable[str] = ()) -> None:
        super().__init__(shape)
        longest_first = sorted(keys, key=len, reverse=True)
        self.converter = time.gmtime
        self._secrets = re.compile("|".join((*map(re.escape, longest_first), _SESSION.pattern)))

    def format(self, record: logging.LogRecord) -> str:
        """Return the line or lines to write."""
        return self._secrets.sub(_MASK, super().format(record))


def configure(settings: Settings) -> None:
    """Set up the process's logging. Raises `OSError` if the folder for the file can't be written to."""
    console = logging.StreamHandler(sys.stderr)
    console.setFormatter(Masking("smcp: %(levelname)s %(message)s", settings.keys))
    console.setLevel(logging.INFO if settings.transport == "http" else logging.WARNING)
    handlers: list[logging.Handler] = [console]
    if settings.log_directory is not None:
        handlers.append(_file(settings))
    logging.basicConfig(level=logging.WARNING, handlers=handlers, force=True)
    logging.getLogger("smcp").setLevel(logging.DEBUG if len(handlers) > 1 else console.level)
    logging.captureWarnings(True)


def _file(settings: Settings) -> logging.Handler:
    from logging.handlers import RotatingFileHandler  # it costs some milliseconds that most starts needn't pay

    assert settings.log_directory is not None
    settings.log_directory.mkdir(parents=True, exist_ok=True)
    path = settings.log_directory / FILE
    handler = RotatingFileHandler(path, maxBytes=MAX_BYTES, backupCount=BACKUPS, encoding="utf-8", errors="replace")
    handler.setFormatter(Masking("%(asctime)sZ %(levelname)s %(name)s: %(message)s", settings.keys))
    return handler
