"""A glob of tools that may be called has to match a tool, wherever that can be known."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace
from pathlib import Path

import pytest
from judging import fixture_target, leg_on
from mutants import command

from smcp_conformance.allowance import listed_tools, merged, names_of
from smcp_conformance.detect import discover
from smcp_conformance.offer import Discovery
from smcp_conformance.target import Policy

pytest_plugins = ["pytester"]
TOOLS: dict[str, dict[str, str]] = {"tools": {}}
PLUGIN = """
import json, sys
if sys.argv[1:] == ["--describe"]:
    print(json.dumps({"plugin": {"name": "shop"}, "commands": [{"name": "go", "description": "", "parameters": []}]}))
"""


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one plugin, in ours/shop."""
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    cli = pytester.path / "ours" / "shop" / "cli.py"
    cli.parent.mkdir(parents=True)
    cli.write_text(PLUGIN)
    return pytester.path


def server(fault: str | None = None) -> tuple[str, str]:
    """The options that name the fixture server."""
    return "--smcp-server", f"fix={shlex.join(command(fault, revisions=['2025-11-25']))}"


def run(pytester: pytest.Pytester, *options: str) -> pytest.RunResult:
    """A run that would collect only, so that nothing but the choice of tools matters."""
    return pytester.runpytest_subprocess("--smcp-only", "--collect-only", "-q", *options)


@pytest.mark.parametrize("more", [(), ("-n1",)])
def test_a_glob_that_matches_no_tool_of_a_server_is_refused(
    project: Path, pytester: pytest.Pytester, more: tuple[str, ...]
) -> None:
    """The run ends before it began, and the message names the glob and what there is, from all pages of the list."""
    result = run(pytester, *server(), "--smcp-allow-tools", "zzz*", "--smcp-allow-tools", "echo", *more)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*allowed tools: 'zzz[*]' matches no tool; there is echo, *write_note*"])


def test_a_glob_that_matches_no_command_of_a_plugin_is_refused(project: Path, pytester: pytest.Pytester) -> None:
    """Commands of plugins are named as the server's tools are."""
    shelf = ("--smcp-plugins", "ours")
    result = run(pytester, *shelf, "--smcp-allow-tools", "go")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*allowed tools: 'go' matches no tool; there is shop__go"])
    assert run(pytester, *shelf, "--smcp-allow-tools", "shop__g?").ret == 0


def test_a_glob_needs_to_match_in_one_of_the_targets_only(project: Path, pytester: pytest.Pytester) -> None:
    """One option is for all of them, so each may find something else in it."""
    globs = ("--smcp-allow-tools", "echo", "--smcp-allow-tools", "shop__*", "--smcp-allow-tools", "*")
    assert run(pytester, *server(), "--smcp-plugins", "ours", *globs).ret == 0


def test_nothing_is_refused_where_the_tools_cannot_be_known(project: Path, pytester: pytest.Pytester) -> None:
    """A server that does not start, or a plugin that describes nothing, may have any tool."""
    (project / "ours" / "shop" / "cli.py").write_text("")
    assert run(pytester, "--smcp-plugins", "ours", "--smcp-allow-tools", "zzz*").ret == 0
    gone = run(pytester, "--smcp-server", "gone=python -c pass", "--smcp-allow-tools", "zzz*")
    assert gone.ret == 0


def test_a_glob_of_one_target_is_not_looked_for_in_others(project: Path, pytester: pytest.Pytester) -> None:
    """What pyproject.toml allows a target is for that one."""
    words = json.dumps(command(revisions=["2025-11-25"]))
    head = "[tool.smcp-conformance.targets"
    pyproject = project / "pyproject.toml"
    pyproject.write_text(f'{head}.a]\ncommand = {words}\n{head}.b]\ncommand = {words}\nallow-tools = ["nothing"]\n')
    result = run(pytester)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*allowed tools: 'nothing' matches no tool; there is echo, *"])


TABLES = '[tool.smcp-conformance.tools.echo]\ntimeout = 9\n[tool.smcp-conformance.tools."zzz*"]\ntimeout = 9\n'
MISSED = '*tools."zzz[*]"]: the glob matches no tool; there is echo, *'


def test_what_is_said_of_a_tool_that_a_configured_target_lacks_is_refused(
    project: Path, pytester: pytest.Pytester
) -> None:
    """A mistyped name would leave a tool with settings that are not its own."""
    words = json.dumps(command(revisions=["2025-11-25"]))
    (project / "pyproject.toml").write_text(f"[tool.smcp-conformance.targets.a]\ncommand = {words}\n{TABLES}")
    result = run(pytester)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([MISSED])


def test_what_is_said_of_a_tool_that_a_typed_target_lacks_is_missed_aloud(
    project: Path, pytester: pytest.Pytester
) -> None:
    """The project's own server may have it, so the run goes on."""
    (project / "pyproject.toml").write_text(TABLES)
    result = run(pytester, *server())
    assert result.ret == 0
    result.stdout.fnmatch_lines([MISSED])
    result.stdout.no_fnmatch_line('*tools."echo"*')


def test_the_names_are_those_of_all_pages() -> None:
    """And none where no tools are declared."""
    with leg_on() as leg:
        names = names_of(listed_tools(leg.session, TOOLS))
        assert names == tuple(tool["name"] for tool in leg.tools)
        assert names_of(listed_tools(leg.session, {})) == ()


@pytest.mark.parametrize("fault", ["lists-refused", "pages-never-end"])
def test_a_list_that_cannot_be_had_is_not_known(fault: str) -> None:
    """The checks say what is wrong with it."""
    with leg_on(fault) as leg:
        assert names_of(listed_tools(leg.session, TOOLS)) is None


def test_the_tools_of_a_server_that_is_gone_are_not_known() -> None:
    """It could have been opened, and no more."""
    with leg_on() as leg:
        session = leg.session
        session.close()
        assert names_of(listed_tools(session, TOOLS)) is None


def test_names_of_several_lists_are_known_if_all_are() -> None:
    """A glob may be for what could not be listed."""
    assert merged([("a", "b"), ("b", "c")]) == ("a", "b", "c")
    assert merged([("a",), None]) is None
    assert merged([]) is None


def test_tools_are_listed_only_where_globs_ask_for_them() -> None:
    """Everybody else is spared the question; what was found travels to workers."""
    target = replace(fixture_target(), policy=Policy(allow_tools=("*",)))
    assert discover(target).tools is None
    found = discover(replace(target, policy=Policy(allow_tools=("e*",))))
    assert found.tools
    assert "echo" in found.tools
    assert Discovery.from_json(json.loads(json.dumps(found.to_json()))) == found
