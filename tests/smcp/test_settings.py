"""What smcp makes of its options and its environment."""

from __future__ import annotations

import os
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from smcp import settings as module
from smcp.settings import Settings


def read(*words: str, **environ: str) -> Settings:
    """Read a command line and an environment that hold nothing else."""
    return Settings.read(words, environ)


def test_without_anything_it_serves_this_machine_over_http() -> None:
    """On port 8000, without limit, log file or key."""
    found = read()
    assert (found.transport, found.host, found.port) == ("http", "127.0.0.1", 8000)
    assert (found.plugin_timeout, found.plugin_runner, found.log_directory) == (None, "auto", None)
    assert (found.keys, found.authentication_disabled, found.loopback_exempt) == ((), False, True)
    with pytest.raises(FrozenInstanceError):
        found.port = 1  # type: ignore[misc]  # which is the point


def test_the_stdio_script_has_another_default() -> None:
    """And takes the same options."""
    assert Settings.read([], {}, stdio=True).transport == "stdio"
    assert Settings.read(["--transport", "http"], {}, stdio=True).transport == "http"


def test_the_environment_is_read() -> None:
    """Every variable has its place."""
    found = read(
        MCP_PORT="81",
        MCP_HOST="::1",
        MCP_PLUGINS_DIR=os.pathsep.join(("/a", "", "/b")),
        MCP_LOG_DIR="/logs",
        MCP_PLUGIN_TIMEOUT="2.5",
        MCP_PLUGIN_RUNNER="warm",
        MCP_API_KEY=" one ",
        MCP_API_KEYS="two, three,,one",
        MCP_AUTH_ALLOW_LOOPBACK="No",
    )
    assert (found.port, found.host, found.plugin_timeout, found.plugin_runner) == (81, "::1", 2.5, "warm")
    assert found.plugins_directories == (Path("/a"), Path("/b"))
    assert (found.log_directory, found.loopback_exempt) == (Path("/logs"), False)
    assert found.keys == ("one", "two", "three")
    assert read(MCP_AUTH_DISABLED="true").authentication_disabled


def test_options_win_over_the_environment() -> None:
    """Wherever there is both."""
    words = ["--port", "0", "--host", "localhost", "--plugin-timeout", "-1", "--plugin-runner", "cold"]
    found = read(
        *words,
        "--plugins-dir",
        "/c",
        MCP_PORT="no port",
        MCP_HOST="0.0.0.0",
        MCP_PLUGIN_TIMEOUT="9",
        MCP_PLUGIN_RUNNER="warm",
        MCP_PLUGINS_DIR="/a",
    )
    assert (found.port, found.host, found.plugin_timeout, found.plugin_runner) == (0, "localhost", None, "cold")
    assert found.plugins_directories == (Path("/c"),)


def test_an_empty_variable_counts_as_none() -> None:
    """As a shell's `VAR= smcp` means it."""
    names = ["PORT", "HOST", "PLUGINS_DIR", "LOG_DIR", "PLUGIN_TIMEOUT", "PLUGIN_RUNNER", "API_KEY", "API_KEYS"]
    names += ["AUTH_DISABLED", "AUTH_ALLOW_LOOPBACK"]
    assert read(**{f"MCP_{name}": "" for name in names}) == read()


def test_external_means_every_address_or_the_named_one() -> None:
    """The option wins over MCP_HOST, and an explicit --host over both."""
    key = {"MCP_API_KEY": "k"}
    assert read("--allow-external", **key).host == "0.0.0.0"
    assert read("--allow-external", MCP_HOST="127.0.0.1", **key).host == "0.0.0.0"
    assert read("--allow-external", "--host", "192.0.2.1", **key).host == "192.0.2.1"


@pytest.mark.parametrize(
    ("words", "environ", "said"),
    [
        (["--port", "65536"], {}, "--port: '65536' is not a port: 0 … 65535"),
        (["--port", "-1"], {}, "--port: '-1' is not a port"),
        (["--port", "٣"], {}, "--port: '٣' is not a port"),
        (["--port", "9" * 5000], {}, "is not a port"),
        ([], {"MCP_PORT": "web"}, "MCP_PORT: 'web' is not a port"),
        ([], {"MCP_HOST": "a b"}, "MCP_HOST: 'a b' is not an address or host name"),
        (["--host", ""], {}, "--host: '' is not an address or host name"),
        (["--plugin-timeout", "nan"], {}, "--plugin-timeout: 'nan' is not a number of seconds"),
        ([], {"MCP_PLUGIN_TIMEOUT": "inf"}, "MCP_PLUGIN_TIMEOUT: 'inf' is not a number of seconds"),
        (["--plugin-runner", "hot"], {}, "--plugin-runner: 'hot' is not a runner: auto, cold, warm"),
        ([], {"MCP_PLUGIN_RUNNER": "hot"}, "MCP_PLUGIN_RUNNER: 'hot' is not a runner"),
        ([], {"MCP_AUTH_DISABLED": "maybe"}, "MCP_AUTH_DISABLED: 'maybe' is neither yes (1, true, yes, on) nor no"),
        ([], {"MCP_AUTH_ALLOW_LOOPBACK": "2"}, "MCP_AUTH_ALLOW_LOOPBACK: '2' is neither"),
        ([], {"MCP_API_KEY": "  "}, "MCP_API_KEY: holds no key"),
        ([], {"MCP_API_KEYS": ", ,"}, "MCP_API_KEYS: holds no key"),
        ([], {"MCP_API_KEYS": "fine,sec\x01ret"}, "MCP_API_KEYS: a key holds a control character"),
        (["--allow-external", "--host", "localhost"], {"MCP_API_KEY": "k"}, "contradicts --host 'localhost'"),
        (["--allow-external"], {}, "can't listen on '0.0.0.0' without authentication"),
        (["--host", "::"], {}, "can't listen on '::' without authentication"),
        (["--host", "192.168.1.5"], {}, "can't listen on '192.168.1.5' without authentication"),
        (["--host", "example.com"], {}, "can't listen on 'example.com' without authentication"),
        (["--host", "127.1"], {}, "can't listen on '127.1' without authentication"),
        ([], {"MCP_HOST": "0.0.0.0"}, "set MCP_API_KEY, or MCP_AUTH_DISABLED=1"),
        (["--require-auth"], {}, "--require-auth: there is no key to ask for"),
        ([], {"MCP_AUTH_ALLOW_LOOPBACK": "0"}, "MCP_AUTH_ALLOW_LOOPBACK: there is no key to ask for"),
        (["--require-auth"], {"MCP_AUTH_DISABLED": "1", "MCP_API_KEY": "k"}, "contradicts MCP_AUTH_DISABLED"),
    ],
)
def test_what_cannot_be_meant_ends_it(
    words: list[str], environ: dict[str, str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """With code 2, naming option or variable, what was wrong and what would be right, and no key in it."""
    with pytest.raises(SystemExit) as ended:
        read(*words, **environ)
    told = capsys.readouterr()
    assert (ended.value.code, told.out) == (2, "")
    assert said in told.err
    assert "ret" not in told.err.partition("error:")[2]


@pytest.mark.parametrize("environ", [{"MCP_API_KEY": "k"}, {"MCP_API_KEYS": "k,l"}, {"MCP_AUTH_DISABLED": "1"}])
def test_other_addresses_need_a_key_or_a_decision(environ: dict[str, str]) -> None:
    """Then they are served."""
    assert read("--host", "::", **environ).host == "::"


def test_stdio_needs_no_key() -> None:
    """Whoever starts the process may use it; what concerns listening doesn't matter."""
    assert read("--transport", "stdio", "--require-auth", "--allow-external").transport == "stdio"


def test_keys_are_not_shown() -> None:
    """Settings end up in logs and tracebacks."""
    assert "secret" not in repr(read(MCP_API_KEY="secret"))


def test_where_plugins_are_looked_for_by_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Inside the package if it was installed with them, else beside it."""
    package = tmp_path / "smcp"
    monkeypatch.setattr(module, "__file__", str(package / "settings.py"))
    assert read().plugins_directories == (tmp_path / "plugins",)
    (package / "plugins").mkdir(parents=True)
    assert read().plugins_directories == (package / "plugins",)
