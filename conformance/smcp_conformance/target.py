"""What to test: a server's command or URL, where it was configured, and what may be done to it.

Values only. `read_mcp_servers` and `read_pyproject` (module `configuration`) make them from files,
`parse_server_option` and `parse_url_option` from what was typed; `launch` turns them into processes. Placeholders
(`{python}`, `{port}`) stay in the words until then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

TRANSPORTS = ("stdio", "http", "sse")


class TargetError(ValueError):
    """A target that was described wrongly; its text is for the user."""


@dataclass(frozen=True)
class Policy:
    """What a server may be asked and how long it may take.

    `allow_tools` and `mask` are globs of tool names and regular expressions; timeouts are seconds, `max_message` is
    bytes.
    """

    allow_tools: tuple[str, ...] = ()
    start_timeout: float = 15.0
    reply_timeout: float = 5.0
    max_message: int = 16 * 2**20
    mask: tuple[str, ...] = ()


@dataclass(frozen=True)
class Target:
    """One server over one transport.

    A configured server that is reached over several transports gives several targets: they share `group`, which is
    the NAME that users see in node ids, while `name` is unique among all targets. `env` holds additions to the
    inherited environment, `source` says where this was configured. `url` may hold `{port}`.
    """

    name: str
    command: tuple[str, ...] = ()
    url: str | None = None
    transport: str = "stdio"
    cwd: Path = field(default_factory=Path.cwd)
    env: Mapping[str, str] = field(default_factory=dict[str, str], hash=False, repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    policy: Policy = Policy()
    source: str = ""
    group: str = ""
    interpolated: tuple[str, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        if not self.group:
            object.__setattr__(self, "group", self.name)


def parse_server_option(text: str, cwd: Path) -> Target:
    """Read `[NAME=][UPPER=value …] WORD …`; raises TargetError."""
    raise NotImplementedError
