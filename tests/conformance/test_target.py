"""What users type after `--smcp-server`, `--smcp-url` and `--smcp-header` becomes targets, without showing secrets."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from smcp_conformance.target import (
    Policy,
    Target,
    TargetError,
    bundled_command,
    name_from_command,
    parse_header,
    parse_server_option,
    parse_url_option,
    split_words,
)

HERE = Path("project")


def server(text: str) -> Target:
    return parse_server_option(text, HERE)


def test_a_command_is_split_as_a_shell_would() -> None:
    target = server("node 'my server.js' --flag=\"a b\"")
    assert (target.command, target.transport, target.url, target.cwd) == (
        ("node", "my server.js", "--flag=a b"),
        "stdio",
        None,
        HERE,
    )


def test_a_name_may_come_first() -> None:
    target = server("time-2=uvx mcp-server-time")
    assert (target.name, target.group, target.command) == ("time-2", "time-2", ("uvx", "mcp-server-time"))


def test_leading_upper_case_words_are_environment_with_and_without_a_name() -> None:
    assert server("A_B=1 C='x y' node s.js D=3").env == {"A_B": "1", "C": "x y"}
    named = server("shop=A=1 node s.js")
    assert (named.name, named.env, named.command) == ("shop", {"A": "1"}, ("node", "s.js"))


@pytest.mark.parametrize("text", ["node s.js --port {port}", "PORT={port} npx everything"])
def test_a_command_that_holds_port_is_an_http_target(text: str) -> None:
    target = server(text)
    assert (target.transport, target.url) == ("http", "http://127.0.0.1:{port}/mcp")


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("python -m mcp_server_time", "mcp-server-time"),
        ("{python} server.py", "server"),
        ("/usr/bin/python3.12 srv/Shop.py", "shop"),
        ("npx -y @modelcontextprotocol/server-everything@1.2", "server-everything"),
        ("uv run tool", "tool"),
        ("docker run -i --rm mcp/time", "time"),
        ("./42.exe", "server-42"),
        ("python -c 'import this'", "python"),
        ("ж", "server"),
    ],
)
def test_an_unnamed_command_is_named_after_its_telling_word(command: str, name: str) -> None:
    assert server(command).name == name


def test_only_words_count_for_a_name() -> None:
    assert name_from_command(("node", "-e", "", "dist/app.js")) == "app"


@pytest.mark.parametrize("name", ["Shop", "my_shop", "2nd", "a.b"])
def test_a_bad_name_is_refused_with_the_rule(name: str) -> None:
    with pytest.raises(TargetError, match=r"must be a lower-case letter followed by") as error:
        server(f"{name}=node s.js")
    assert repr(name) in str(error.value)


def test_an_equals_sign_in_a_path_is_no_name() -> None:
    assert server("/opt/a=b/server").command == ("/opt/a=b/server",)


@pytest.mark.parametrize("text", ["", "   ", "shop=", "TOKEN=x", "''"])
def test_an_empty_command_is_refused(text: str) -> None:
    with pytest.raises(TargetError, match="the command is empty"):
        server(text)


def test_unbalanced_quotes_are_refused_without_showing_the_environment() -> None:
    with pytest.raises(TargetError, match="shop: the command has unbalanced quotes") as error:
        server("shop=TOKEN=hunter22 node 'x")
    assert "hunter22" not in str(error.value)


def test_a_backslash_escapes_except_on_windows() -> None:
    assert split_words(r"C:\tools\x.exe 'a b'", backslash_escapes=False) == [r"C:\tools\x.exe", "a b"]
    assert split_words(r"a\ b", backslash_escapes=True) == ["a b"]


def test_a_hash_sign_starts_no_comment() -> None:
    assert server("node s.js #1").command == ("node", "s.js", "#1")


def test_bundled_means_the_server_of_this_package_whatever_lies_in_the_cwd() -> None:
    target = server("bundled")
    assert (target.name, target.transport) == ("bundled", "stdio")
    assert target.command[0] == "{python}"
    assert target.command[-2:] == ("--transport", "stdio")
    assert server("ours=bundled").command == target.command


def test_before_python_3_11_the_cwd_is_kept_off_the_path_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 0))
    assert bundled_command("http")[1] == "-c"
    monkeypatch.setattr(sys, "version_info", (3, 11, 0))
    assert bundled_command("http") == ("{python}", "-P", "-m", "smcp", "--transport", "http", "--port", "{port}")


@pytest.mark.parametrize("version", [(3, 10), sys.version_info[:2]], ids=["3.10", "this Python"])
def test_a_users_own_smcp_file_is_never_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: tuple[int, int]
) -> None:
    (tmp_path / "smcp.py").write_text("print('theirs')")
    (tmp_path / "installed/smcp").mkdir(parents=True)
    (tmp_path / "installed/smcp/__init__.py").touch()
    (tmp_path / "installed/smcp/__main__.py").write_text("import sys; print('ours', *sys.argv[1:])")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "installed"))
    with monkeypatch.context() as patch:
        patch.setattr(sys, "version_info", version)
        words = bundled_command("stdio")
    result = subprocess.run([sys.executable, *words[1:]], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert result.stdout == "ours --transport stdio\n"


def test_a_url_is_named_after_its_host() -> None:
    target = parse_url_option("http://localhost:3000/mcp", HERE)
    assert (target.name, target.transport, target.command) == ("localhost-3000", "http", ())
    assert parse_url_option("http://127.0.0.1:80/x", HERE).name == "server-127-0-0-1-80"


def test_a_url_may_be_named_and_a_path_of_sse_means_http_with_sse() -> None:
    target = parse_url_option("old=https://example.org/v1/sse?a=b", HERE)
    assert (target.name, target.transport, target.url) == ("old", "sse", "https://example.org/v1/sse?a=b")


@pytest.mark.parametrize(
    "url", ["ftp://x/y", "http://h:65536/", "x=localhost:3000", "http://", "http://[::1", "http://h:port/", "nonsense"]
)
def test_what_is_no_http_url_is_refused_with_an_example(url: str) -> None:
    with pytest.raises(TargetError, match=r"must be a URL such as 'http://127\.0\.0\.1:8000/mcp'"):
        parse_url_option(url, HERE)


def test_a_bad_name_of_a_url_is_refused_with_the_rule() -> None:
    with pytest.raises(TargetError, match="target name 'My Shop' must be a lower-case letter"):
        parse_url_option("My Shop=http://h/mcp", HERE)


def test_a_url_alone_must_name_its_port() -> None:
    with pytest.raises(TargetError, match="must name the port"):
        parse_url_option("http://localhost:{port}/mcp", HERE)


def test_a_header_is_split_at_its_first_colon() -> None:
    assert parse_header("Authorization:  Bearer a:b ") == ("Authorization", "Bearer a:b")


@pytest.mark.parametrize(
    "text", ["nocolon-hunter22", "Bearer hunter22:x", "bad name: hunter22", ": hunter22", "A: hunter22\r\nB: c"]
)
def test_a_bad_header_is_refused_without_its_value(text: str) -> None:
    with pytest.raises(TargetError, match="header") as error:
        parse_header(text)
    assert "hunter22" not in str(error.value)


def test_secrets_are_header_and_environment_values_longest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.environ", {"INHERITED_TOKEN": "inherited-one", "MODE": "inherited-two"})
    target = Target(
        "x",
        env={"API_KEY": "abcd", "MODE": "fast", "LONG": "long enough", "PORT": "{port}-padding"},
        headers=(("Authorization", "Bearer t0ken"),),
        interpolated=("from-a-variable",),
        url="http://user:pa55word@h/?api_key=k3yk3y&page=2222222222",
    )
    assert target.secrets == (
        "from-a-variable",
        "inherited-one",
        "Bearer t0ken",
        "long enough",
        "pa55word",
        "k3yk3y",
        "t0ken",
        "abcd",
        "user",
    )


def test_neither_repr_nor_source_shows_a_secret() -> None:
    target = replace(server("TOKEN=hunter22 node s.js"), headers=(("A", "hunter33"),))
    assert target.env == {"TOKEN": "hunter22"}
    assert target.source == "--smcp-server 'TOKEN=*** node s.js'"
    url = parse_url_option("https://u:hunter22@h/mcp?key=hunter33", HERE)
    assert url.source == "--smcp-url 'https://h/mcp'"
    assert "hunter" not in f"{target!r} {url!r}"


def test_equal_targets_are_equal_and_hashable() -> None:
    assert len({server("a=node x"), server("a=node x")}) == 1


def test_a_policy_starts_generous_and_calls_nothing() -> None:
    assert Policy() == Policy(allow_tools=(), start_timeout=15, reply_timeout=5, max_message=16777216, mask=())
