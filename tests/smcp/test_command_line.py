"""`smcp` on the command line: options, environment, and what it says when it can't serve."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import smcp
from smcp.web.listening import Unbindable, bound, is_loopback, url

OPTIONS = (
    "--transport",
    "--allow-external",
    "--require-auth",
    "--port",
    "--host",
    "--plugin-timeout",
    "--plugins-dir",
    "--plugin-runner",
)
VARIABLES = (
    "MCP_PORT",
    "MCP_HOST",
    "MCP_PLUGINS_DIR",
    "MCP_LOG_DIR",
    "MCP_PLUGIN_TIMEOUT",
    "MCP_PLUGIN_RUNNER",
    "MCP_API_KEY",
    "MCP_API_KEYS",
    "MCP_AUTH_DISABLED",
    "MCP_AUTH_ALLOW_LOOPBACK",
)


def run(
    *words: str, flags: tuple[str, ...] = (), environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the module to its end."""
    return subprocess.run(
        [sys.executable, *flags, "-m", "smcp", *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, **(environment or {})},
    )


def test_version_is_the_distributions() -> None:
    """And is told without importing the SDK or anything else that is slow."""
    pyproject = (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")
    done = run("--version", flags=("-X", "importtime"))
    assert done.stdout == f"smcp {smcp.__version__}\n"
    assert f'version = "{smcp.__version__}"' in pyproject
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "argparse" in imported
    assert not imported & {"mcp", "mcp_types", "pydantic", "jsonschema", "anyio", "uvicorn"}


def test_help_names_every_option() -> None:
    """With its default and its environment variable."""
    shown = run("--help", environment={"MCP_PORT": "1234"}).stdout
    for part in (*OPTIONS, *VARIABLES):
        assert part in shown


@pytest.mark.parametrize(
    ("words", "environment", "said"),
    [
        (["--transport", "sse"], {}, "invalid choice: 'sse'"),
        (["--port", "65536"], {}, "'65536' is not a port"),
        ([], {"MCP_PORT": "web"}, "'web' is not a port"),
        (["--plugin-timeout", "nan"], {}, "'nan' is not a number of seconds"),
        (["--plugin-timeout", "soon"], {}, "'soon' is not a number of seconds"),
        (["--host", "0.0.0.0"], {}, "can't listen on '0.0.0.0' without authentication"),
    ],
)
def test_a_wrong_command_line_is_told_and_exits_2(words: list[str], environment: dict[str, str], said: str) -> None:
    """Nothing on stdout, which may be a protocol's."""
    done = run(*words, environment=environment)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_a_taken_port_is_told_at_once() -> None:
    """With address and reason."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("--port", str(port))
    assert done.returncode == 2
    assert re.search(rf"can't listen on 127\.0\.0\.1:{port}: .*in use", done.stderr)


def test_without_the_extra_it_says_what_to_install(tmp_path: Path) -> None:
    """A machine without `mcp` gets a command, not a traceback."""
    hide = (
        "import importlib.util as u; f = u.find_spec; u.find_spec = lambda n, p=None: None if n == 'mcp' else f(n, p)"
    )
    (tmp_path / "sitecustomize.py").write_text(hide, encoding="utf-8")
    path = os.pathsep.join((str(tmp_path), str(Path(smcp.__file__).parents[1])))
    done = run("--transport", "stdio", environment={"PYTHONPATH": path})
    assert (done.returncode, done.stdout) == (2, "")
    assert "not installed: mcp>=2.3\n" in done.stderr
    assert "smcp-conformance[server]" in done.stderr


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("localhost", True),
        ("127.0.0.9", True),
        ("::1", True),
        ("[::1]", True),
        ("10.0.0.1", False),
        ("x.localhost", False),
    ],
)
def test_what_only_this_machine_can_reach(host: str, loopback: bool) -> None:
    """By address, or by the one name that always means it."""
    assert is_loopback(host) is loopback


def test_addresses_are_bound_and_told() -> None:
    """A free port is chosen for 0; a host that isn't there is a reason."""
    with bound("127.0.0.1", 0) as listener:
        assert re.fullmatch(r"http://127\.0\.0\.1:[1-9][0-9]*", url(listener))
        assert listener.proto == socket.IPPROTO_TCP  # or asyncio leaves Nagle's algorithm on, at 40 ms an answer
    with pytest.raises(Unbindable, match=r"can't listen on 192\.0\.2\.1:0: "):
        bound("192.0.2.1", 0)


def test_ipv6_urls_have_brackets() -> None:
    """As URLs demand."""
    if not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    try:
        listener = bound("::1", 0)
    except Unbindable:
        pytest.skip("no IPv6 loopback here")
    with listener:
        assert url(listener).startswith("http://[::1]:")


def test_the_stdio_script_serves_stdio() -> None:
    """Until the end of its input."""
    line = '{"jsonrpc":"2.0","id":1,"method":"ping"}\n'
    script = "from smcp.__main__ import main_stdio; main_stdio()"
    command = [sys.executable, "-c", script, "--plugins-dir", "nowhere"]
    done = subprocess.run(command, input=line, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout) == (0, '{"jsonrpc":"2.0","id":1,"result":{}}\n')
