"""Variables that a Letta server keeps for its agents, brought into the environment of plugins.

Asked once, in a thread of its own, so that nothing waits for it but the first call of a plugin. Failures cost one
warning and never hold a secret. What the server's own environment already says is left as it is, so that nobody can
change PATH from afar.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import shlex
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, MutableMapping
from concurrent.futures import Future
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

log = logging.getLogger(__name__)

TIMEOUT = 15.0
"""Seconds that the Letta server has to answer, and that a call waits for it at most."""

MAX_ANSWER = 10 * 1024 * 1024
"""Bytes that are read of its answer."""

_LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)")


class Failed(Exception):
    """Why there are no variables; never holds a secret."""


@dataclass(frozen=True)
class Source:
    """Where to ask: base URL, the credential (may be None), and the agent (None for all)."""

    url: str
    credential: str | None = None
    agent: str | None = None

    @property
    def shown(self) -> str:
        """The URL as it may be logged: without path, query and user."""
        try:
            parts = urlsplit(self.url)
        except ValueError:
            return "LETTA_SERVER_URL"
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"

    @property
    def request(self) -> urllib.request.Request:
        """The request for the agents with their secrets. Raises `Failed` if the URL can't be asked."""
        if not self.url.lower().startswith(("http://", "https://")):
            raise Failed("LETTA_SERVER_URL must begin with http:// or https://")
        one = f"/{quote(self.agent, safe='')}" if self.agent else ""
        headers = {"Accept": "application/json"}
        if self.credential:
            headers["Authorization"] = f"Bearer {self.credential}"
        return urllib.request.Request(f"{self.url.rstrip('/')}/v1/agents{one}?include=agent.secrets", headers=headers)


class Loading:
    """A load that goes on in the background. `finished` is set when it is over, well or not."""

    def __init__(self, source: Source, environ: MutableMapping[str, str], timeout: float = TIMEOUT) -> None:
        self.finished: Future[None] = Future()
        self._source = source
        self._environ = environ
        self._timeout = timeout
        self._deadline = time.monotonic() + timeout
        threading.Thread(target=self._work, name="smcp letta", daemon=True).start()

    async def wait(self) -> None:
        """Return when it is over, or has had its time."""
        if not self.finished.done():
            await asyncio.wait([asyncio.wrap_future(self.finished)], timeout=self._deadline - time.monotonic())

    def _work(self) -> None:
        try:
            merge(variables(fetched(self._source, self._timeout)), self._environ)
        except Failed as reason:
            log.warning("no variables from Letta at %s: %s", self._source.shown, reason)
        finally:
            self.finished.set_result(None)


def start(environ: MutableMapping[str, str], home: Path) -> Loading | None:
    """Begin to load if a Letta server is configured, here or in ~/.letta/.env; returns at once."""
    source = configured({**dotenv(home / ".letta" / ".env"), **environ})
    return None if source is None else Loading(source, environ)


def configured(settings: Mapping[str, str]) -> Source | None:
    """Return where to ask, None without LETTA_SERVER_URL."""
    url = settings.get("LETTA_SERVER_URL")
    credential = settings.get("LETTA_SERVER_PASSWORD") or settings.get("LETTA_API_KEY") or None
    return Source(url, credential, settings.get("LETTA_AGENT_ID") or None) if url else None


def dotenv(file: Path) -> dict[str, str]:
    """Read lines like `export NAME=value`; a file that can't be read counts as empty."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return {}
    found = (_LINE.fullmatch(line) for line in lines)
    return {match[1]: _unquoted(match[2].strip()) for match in found if match}


def fetched(source: Source, timeout: float = TIMEOUT) -> Any:
    """Ask the server and return the parsed answer. Raises `Failed`."""
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        with opener.open(source.request, timeout=timeout) as answer:
            content = answer.read(MAX_ANSWER + 1)
    except urllib.error.HTTPError as error:
        error.close()
        raise Failed(f"it answered with status {error.code}") from None
    except (OSError, ValueError, HTTPException) as error:  # no connection, a bad URL or header, broken HTTP
        raise Failed(f"it can't be asked ({type(error).__name__})") from None
    if len(content) > MAX_ANSWER:
        raise Failed(f"it answered with more than {MAX_ANSWER} bytes")
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise Failed("it answered with something else than JSON") from None


def variables(answer: Any) -> dict[str, str]:
    """Return the variables of one agent, or of a list of them: its secrets win over its other variables.

    Of several agents the first one that has a variable counts.
    """
    found: dict[str, str] = {}
    for agent in answer if isinstance(answer, list) else [answer]:
        if isinstance(agent, dict):
            own = {**dict(_pairs(agent.get("tool_exec_environment_variables"))), **dict(_pairs(agent.get("secrets")))}
            found = {**own, **found}
    return found


def merge(found: Mapping[str, str], environ: MutableMapping[str, str]) -> None:
    """Set what the environment doesn't say yet."""
    for name, value in found.items():
        environ.setdefault(name, value)
    log.info("Letta keeps %d variables for plugins", len(found))


def _pairs(kept: Any) -> Iterator[tuple[str, str]]:
    """The pairs of a list of {"key": …, "value": …}, or of an object, that an environment can hold."""
    entries = kept.items() if isinstance(kept, dict) else ((_get(one, "key"), _get(one, "value")) for one in kept or [])
    for name, value in entries:
        if isinstance(name, str) and isinstance(value, str) and _holdable(name, value):
            yield name, value


def _get(entry: Any, member: str) -> Any:
    return entry.get(member) if isinstance(entry, dict) else None


def _holdable(name: str, value: str) -> bool:
    return bool(name) and "=" not in name and "\0" not in name + value


def _unquoted(text: str) -> str:
    """What a shell would assign."""
    try:
        return "".join(shlex.split(text, comments=True)[:1])
    except ValueError:
        return text


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Redirects are not followed: the credential is for the server that was named."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None
