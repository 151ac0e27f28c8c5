"""What to test: a server's command or URL, where it was configured, and what may be done to it.

Values only. `parse_server_option` and `parse_url_option` make them from what was typed, `configuration` from files;
`launch` turns them into processes. Placeholders (`{python}`, `{port}`) stay in the words until then.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from urllib.parse import parse_qsl, urlsplit, urlunsplit

TRANSPORTS = ("stdio", "http", "sse")
DEFAULT_URLS = {"http": "http://127.0.0.1:{port}/mcp", "sse": "http://127.0.0.1:{port}/sse"}
EXAMPLE = "http://127.0.0.1:8000/mcp"
BUNDLED = "bundled"

_NAME = re.compile(r"[a-z][a-z0-9-]*")
_ENVIRONMENT_NAME = re.compile(r"[A-Z_][A-Z0-9_]*")
_ASSIGNMENT = re.compile(r"\s*([\w.-]+)=(.*)", re.DOTALL)
_CREDENTIAL_NAME = re.compile(r"key|token|secret|auth|pass|credential|cookie|sig", re.IGNORECASE)
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_RUNNERS = frozenset(
    ("{python}", "bun", "bunx", "cargo", "deno", "docker", "go", "java", "node", "npm", "npx", "run", "uv", "uvx")
)
_PYTHON = re.compile(r"python[\d.]*")
SUFFIXES = (".py", ".pyz", ".js", ".mjs", ".cjs", ".ts", ".jar", ".exe", ".sh", ".rb")


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
    inherited environment, `source` says where this was configured, `interpolated` what `${VAR}` stood for, `remarks`
    what is odd there, though no mistake. `url` may hold `{port}`. `places` are other folders that a path in the
    command may have been meant from.
    """

    name: str
    command: tuple[str, ...] = field(default=(), repr=False)
    url: str | None = field(default=None, repr=False)
    transport: str = "stdio"
    cwd: Path = field(default_factory=Path.cwd)
    env: Mapping[str, str] = field(default_factory=dict[str, str], hash=False, repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    policy: Policy = Policy()
    source: str = ""
    group: str = ""
    interpolated: tuple[str, ...] = field(default=(), repr=False)
    remarks: tuple[str, ...] = ()
    places: tuple[Path, ...] = field(default=(), compare=False, repr=False)

    def __post_init__(self) -> None:
        if not self.group:
            object.__setattr__(self, "group", self.name)

    @property
    def secrets(self) -> tuple[str, ...]:
        """The values that no output may show, longest first.

        Header and environment values, what `${VAR}` stood for, the credentials in the URL, and those that the server
        inherits from our environment. Short values whose name doesn't look like a credential's ("PORT=3000") are left
        out: masking them would garble everything.
        """
        from smcp_conformance.inherited import inherited_secrets  # targets are loaded in every pytest run, this needn't

        pairs = [*self.env.items(), *(("interpolated", value) for value in self.interpolated), *_url_values(self.url)]
        found = {value for name, value in pairs if _is_secret(name, value)} | {*inherited_secrets(os.environ)}
        for _, value in self.headers:
            found |= {value, value.partition(" ")[2]}
        return tuple(sorted(found - {""}, key=lambda value: (-len(value), value)))


def parse_server_option(text: str, cwd: Path) -> Target:
    """Read `[NAME=][UPPER=value …] WORD …`, where `bundled` is the server that comes with this package.

    A command that holds `{port}` is an HTTP target. Raises TargetError.
    """
    name, command = _split_name(text, "--smcp-server")
    env, words = read_command(command, f"--smcp-server {name or ''}".rstrip())
    if words[0].startswith(("http://", "https://")):
        raise TargetError("--smcp-server: a URL is no command; --smcp-url is for a server that already runs")
    source = f"--smcp-server {' '.join((*(f'{variable}=***' for variable in env), *words))!r}"
    return command_target(name or name_from_command(words), words, env, cwd, source)


def parse_url_option(text: str, cwd: Path) -> Target:
    """Read `[NAME=]URL`; a path that ends in `/sse` means HTTP+SSE. Raises TargetError."""
    name, url = (None, text) if re.match(r"\s*\w+://", text) else _split_name(text, "--smcp-url")
    if name is None and "=" in url.partition("://")[0]:
        check_name(url.partition("=")[0], "--smcp-url")
    parts = urlsplit(check_url(url.strip(), "--smcp-url"))
    host = parts.netloc.rpartition("@")[2]
    source = f"--smcp-url {urlunsplit((parts.scheme, host, parts.path, '', ''))!r}"
    return url_target(name or slug(host), url.strip(), cwd, source)


def parse_header(text: str) -> tuple[str, str]:
    """Read `NAME: VALUE`; raises TargetError, which shows the name only."""
    name, colon, value = text.partition(":")
    if not colon:  # then all of it may be the secret
        raise TargetError("a header must be given as 'NAME: VALUE'; in one of them there is no colon")
    if not _HEADER_NAME.fullmatch(name.strip()):
        raise TargetError(
            f"header {''.join(name.split()[:1])!r} must be given as 'NAME: VALUE', with a name of one word"
        )
    if set(value) & set("\r\n\0"):
        raise TargetError(f"the value of header {name.strip()!r} must be a single line")
    return name.strip(), value.strip()


def command_target(name: str, words: Sequence[str], env: Mapping[str, str], cwd: Path, source: str) -> Target:
    """Make the target of a command: over HTTP if a word or a value of `env` holds `{port}`, else over stdio."""
    if tuple(words) == (BUNDLED,):
        words = bundled_command("stdio")
    transport = "http" if any("{port}" in word for word in (*words, *env.values())) else "stdio"
    return Target(
        check_name(name, source), tuple(words), DEFAULT_URLS.get(transport), transport, cwd, env, source=source
    )


def url_target(name: str, url: str, cwd: Path, source: str, transport: str | None = None) -> Target:
    """Make the target of a server that already runs at `url`; raises TargetError."""
    if "{port}" in check_url(url, source):
        raise TargetError(f"{source}: the URL must name the port; {{port}} is for commands that we start")
    check_name(name, source)
    guessed = "sse" if urlsplit(url).path.rstrip("/").endswith("/sse") else "http"
    return Target(name, (), url, transport or guessed, cwd, source=source)


def check_url(url: str, source: str) -> str:
    """Return `url` if it is an absolute http or https URL; raises TargetError."""
    if not _is_http_url(url.replace("{port}", "0")):
        raise TargetError(
            f"{source}: {url!r} must be a URL such as {EXAMPLE!r}: with http:// or https://, and no port above 65535"
        )
    return url


def check_name(name: str, source: str) -> str:
    """Return `name` if it can be a target's; raises TargetError."""
    if not _NAME.fullmatch(name):
        raise TargetError(
            f"{source}: target name {name!r} must be a lower-case letter followed by lower-case letters, digits and '-'"
        )
    return name


def read_command(command: str, source: str) -> tuple[dict[str, str], tuple[str, ...]]:
    """Split a command line into its leading `UPPER=value` words and the rest; raises TargetError."""
    try:
        words = split_words(command, backslash_escapes=os.name != "nt")
    except ValueError as error:
        raise TargetError(f"{source}: the command has unbalanced quotes ({str(error).lower()})") from None
    env: dict[str, str] = {}
    while words and _is_assignment(words[0]):
        name, _, env[name] = words.pop(0).partition("=")
    if not words or not words[0].strip():
        raise TargetError(f"{source}: the command is empty; it must be a program with its arguments")
    return env, tuple(words)


def split_words(command: str, *, backslash_escapes: bool) -> list[str]:
    """Split as a POSIX shell would; on Windows a backslash is a letter like any other."""
    lexer = shlex.shlex(command, posix=True, punctuation_chars=False)
    lexer.whitespace_split = True
    lexer.commenters = ""
    lexer.escape = "\\" if backslash_escapes else ""
    return list(lexer)


def bundled_command(transport: str) -> tuple[str, ...]:
    """Return the words that start the bundled server.

    Python's `-P` keeps a user's own `smcp.py` in the working directory out of the way; before 3.11, which lacks it,
    the same is done by hand.
    """
    # Over HTTP it serves old and new clients at once.
    where = ("--transport", "stdio") if transport == "stdio" else ("--transport", "http", "--port", "{port}")
    if sys.version_info >= (3, 11):
        return ("{python}", "-P", "-m", "smcp", *where)
    guard = "import sys, runpy; del sys.path[0]; runpy.run_module('smcp', run_name='__main__', alter_sys=True)"
    return ("{python}", "-c", guard, *where)


def name_from_command(words: Sequence[str]) -> str:
    """Name a target after the first word that says what it is: neither an option nor a runner such as `npx`."""
    telling = (word for word in words if word.split() == [word] and word[0] != "-" and not _is_runner(word))
    return slug(next(telling, words[0]))


def slug(word: str) -> str:
    """Make a target name of a path, package or host."""
    stem = PurePosixPath(word.replace("\\", "/")).name
    stem = stem.partition("@")[0] or stem
    for suffix in SUFFIXES:
        stem = stem.removesuffix(suffix)
    slug = re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")
    return slug if _NAME.fullmatch(slug) else f"server-{slug}".rstrip("-")


def _split_name(text: str, source: str) -> tuple[str | None, str]:
    match = _ASSIGNMENT.match(text)
    if not match or _ENVIRONMENT_NAME.fullmatch(match[1]):
        return None, text
    return check_name(match[1], source), match[2]


def _is_assignment(word: str) -> bool:
    name, equals, _ = word.partition("=")
    return bool(equals and _ENVIRONMENT_NAME.fullmatch(name))


def _is_runner(word: str) -> bool:
    stem = PurePosixPath(word.replace("\\", "/")).name.removesuffix(".exe")
    return stem in _RUNNERS or bool(_PYTHON.fullmatch(stem))


def _is_http_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != -1
    except ValueError:  # brackets that don't close, a port that is no number
        return False


def _is_secret(name: str, value: str) -> bool:
    if "{port}" in value:
        return False
    return len(value) >= (4 if _CREDENTIAL_NAME.search(name) else 8)


def _url_values(url: str | None) -> list[tuple[str, str]]:
    parts = urlsplit(url or "")
    query = [(name, value) for name, value in parse_qsl(parts.query) if _CREDENTIAL_NAME.search(name)]
    return [*query, ("password", parts.password or ""), ("auth", parts.username or "")]
