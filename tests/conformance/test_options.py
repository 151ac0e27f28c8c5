"""Options, pyproject.toml and files become one value; every mistake is a usage error that names the valid values."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from smcp_conformance.command_line import PREPARING
from smcp_conformance.options import FOUR_WAYS, Options, from_config
from smcp_conformance.revisions import REVISIONS
from smcp_conformance.target import Policy

pytest_plugins = ("pytester",)

ON = "--smcp-conformance"
X = ("--smcp-server", "x=node x.js")
OPTIONS = (
    *("conformance", "only", "server", "url", "config", "header", "plugins", "revisions", "allow-tools", "strict"),
    *(
        "known-failures",
        "replay",
        "max-message",
        "start-timeout",
        "reply-timeout",
        "max-examples",
        "time-budget",
        "mask",
    ),
)
Read = Callable[..., Options]


@pytest.fixture
def read(pytester: pytest.Pytester) -> Read:
    """Read the options of a run in an empty project of its own."""

    def read(*args: str) -> Options:
        return from_config(pytester.parseconfig("--rootdir", str(pytester.path), *args))

    return read


@pytest.fixture
def project(pytester: pytest.Pytester) -> Callable[[str], Path]:
    """Write the project's `[tool.smcp-conformance]`."""
    return lambda text: pytester.makepyprojecttoml(f"[tool.smcp-conformance]\n{text}")


def test_without_the_flag_nothing_is_read(
    read: Read, project: Callable[[str], Path], pytester: pytest.Pytester
) -> None:
    """`addopts` may prepare a run that the flag asks for."""
    project("nonsense = 1")
    pytester.makeini("[pytest]\naddopts = --smcp-server= --smcp-revisions 1999")
    assert read() == Options(enabled=False)


@pytest.mark.parametrize("typed", [("--smcp-server", "node x.js"), ("--smcp-url=http://h:1/mcp",), ("--smcp-strict",)])
def test_an_option_that_does_nothing_without_the_flag_is_refused(
    pytester: pytest.Pytester, typed: tuple[str, ...]
) -> None:
    """ "no tests ran" would say nothing of what was forgotten."""
    result = pytester.runpytest_subprocess(*typed)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    option = typed[0].partition("=")[0]
    result.stderr.fnmatch_lines([f"ERROR: {option} does nothing by itself: add --smcp-conformance, or --smcp-only *"])


def test_options_of_others_are_theirs(pytester: pytest.Pytester) -> None:
    """Also when they begin as ours do; each of ours is known to be one."""
    pytester.makeconftest("def pytest_addoption(parser): parser.addoption('--smcp-foo')")
    pytester.makepyfile("def test_it(): pass")
    assert pytester.runpytest_subprocess("--smcp-foo=a").ret == pytest.ExitCode.OK
    assert {*OPTIONS} - {"conformance", "only", "replay"} == PREPARING


@pytest.mark.parametrize("question", ["--help", "--version", "--markers", "--fixtures"])
def test_a_question_to_pytest_is_answered_whatever_else_was_typed(pytester: pytest.Pytester, question: str) -> None:
    """Nothing is run, so nothing needs to be there to be tested."""
    for typed in (ON, "--smcp-strict"):
        assert pytester.runpytest_subprocess(typed, question).ret == pytest.ExitCode.OK


@pytest.mark.parametrize("option", [("--smcp-only",), ("--smcp-replay", "x::start")])
def test_some_options_imply_the_flag(read: Read, option: tuple[str, ...]) -> None:
    options = read(*X, *option)
    assert options.enabled
    assert (options.only, options.replay) == (option == ("--smcp-only",), option[1] if option[1:] else None)


def test_all_that_is_typed(read: Read, pytester: pytest.Pytester) -> None:
    (pytester.mkdir("ours") / "a").mkdir()
    (pytester.path / "ours/a/cli.py").touch()
    (pytester.path / "known.toml").touch()
    pytester.makefile(".json", servers='{"mcpServers": {"third": {"command": "node"}}}')
    options = read(
        *(ON, "--smcp-only", *X, "--smcp-url", "second=http://h/mcp", "--smcp-config", "servers.json"),
        *("--smcp-header", "A: b", "--smcp-plugins", "ours", "--smcp-revisions", "2025-11-25, 2024-11-05"),
        *("--smcp-allow-tools", "get_*", "--smcp-allow-tools", "list", "--smcp-strict", "--smcp-mask", "tok-.+"),
        *("--smcp-known-failures", "known.toml", "--smcp-replay", "x::y", "--smcp-max-message", "64KiB"),
        *("--smcp-start-timeout", "60", "--smcp-reply-timeout", "0.5"),
        *("--smcp-max-examples", "thorough", "--smcp-time-budget", "90s"),
    )
    policy = Policy(("get_*", "list"), 60, 0.5, 65536, ("tok-.+",))
    assert [target.name for target in options.targets] == ["x", "second", "third"]
    assert {target.policy for target in options.targets} == {policy} == {options.policy}
    assert [target.headers for target in options.targets] == [(), (("A", "b"),), ()]
    assert {target.cwd for target in options.targets} == {pytester.path}
    assert options.plugins == (pytester.path / "ours",)
    assert options.revisions == ("2024-11-05", "2025-11-25")
    assert (options.only, options.strict, options.replay) == (True, True, "x::y")
    assert (options.known_failures, options.origin) == (pytester.path / "known.toml", "command line")
    assert (options.max_examples, options.time_budget) == (500, 90)


def test_the_project_speaks_when_nothing_is_typed(
    read: Read, project: Callable[[str], Path], pytester: pytest.Pytester
) -> None:
    project("config = 'm.json'\nstrict = true\nrevisions = 'all'\n[tool.smcp-conformance.targets.a]\ncommand = 'a'")
    (pytester.path / "m.json").write_text('{"servers": {"b": {"command": "b"}}}')
    options = read(ON)
    assert [target.name for target in options.targets] == ["a", "b"]
    assert (options.strict, options.revisions) == (True, REVISIONS)
    assert options.origin == str(pytester.path / "pyproject.toml")


def test_what_is_typed_replaces_the_projects_targets_but_keeps_its_policy(
    read: Read, project: Callable[[str], Path]
) -> None:
    project("start-timeout = 40\nallow-tools = 'a'\n[tool.smcp-conformance.targets.a]\ncommand = 'a'")
    options = read(ON, *X, "--smcp-allow-tools", "b")
    assert [(target.name, target.policy) for target in options.targets] == [
        ("x", Policy(allow_tools=("a", "b"), start_timeout=40))
    ]


def test_plugins_below_the_rootdir_are_found(read: Read, pytester: pytest.Pytester) -> None:
    (pytester.path / "plugins/demo").mkdir(parents=True)
    (pytester.path / "plugins/demo/cli.py").touch()
    options = read(ON)
    assert (options.targets, options.plugins) == ((), (pytester.path / "plugins",))
    assert options.origin == "plugins/ below the rootdir"


def test_nothing_to_test_is_a_usage_error_that_shows_the_four_ways(read: Read, pytester: pytest.Pytester) -> None:
    pytester.mkdir("plugins").joinpath("file.py").touch()
    with pytest.raises(pytest.UsageError) as error:
        read(ON)
    assert str(error.value) == FOUR_WAYS
    assert all(way in FOUR_WAYS for way in ("--smcp-server", "--smcp-url", "--smcp-config", "--smcp-plugins"))


def test_folders_that_look_like_plugins_are_named_where_there_is_none(read: Read, pytester: pytest.Pytester) -> None:
    for name in ("mine", "yours", ".git"):
        (pytester.path / "plugins" / name).mkdir(parents=True)
    with pytest.raises(pytest.UsageError) as error:
        read(ON)
    assert str(error.value).startswith(FOUR_WAYS)
    assert str(error.value).endswith("plugins is there, but no cli.py is in any of mine, yours)")


def test_a_replay_needs_no_target(read: Read) -> None:
    assert read("--smcp-replay", "failure.json").targets == ()


def test_the_known_failures_file_of_the_rootdir_is_used(read: Read, pytester: pytest.Pytester) -> None:
    (pytester.path / "smcp-known-failures.toml").touch()
    assert read(ON, *X).known_failures == pytester.path / "smcp-known-failures.toml"


def test_one_target_over_several_transports_is_no_clash(read: Read, project: Callable[[str], Path]) -> None:
    project("[tool.smcp-conformance.targets.a]\ncommand = 'bundled'")
    assert [target.name for target in read(ON).targets] == ["a-stdio", "a-http", "a-sse"]


@pytest.mark.parametrize(
    "args",
    [
        ("--smcp-server", "x=node y.js"),
        ("--smcp-server", "x=node x.js"),
        ("--smcp-url", "x=http://h/mcp"),
    ],
)
def test_targets_of_one_name_clash(read: Read, args: tuple[str, ...]) -> None:
    with pytest.raises(pytest.UsageError, match=r"two targets are called 'x': --smcp-server 'node x\.js' and --smcp"):
        read(ON, *X, *args)


def test_a_target_may_not_be_called_like_the_items_of_the_plugins(read: Read, pytester: pytest.Pytester) -> None:
    """`plugins` is the first part of the ids of all plugins' items."""
    pytester.mkdir("clis")
    with pytest.raises(pytest.UsageError, match="a target is called 'plugins'"):
        read("--smcp-conformance", "--smcp-plugins", "clis", "--smcp-server", "plugins=node x.js")


@pytest.mark.parametrize(
    ("args", "complaint"),
    [
        (("--smcp-server", ""), "the command is empty"),
        (("--smcp-server", "node 'x"), "unbalanced quotes"),
        (("--smcp-server", "No=node"), "target name 'No' must be a lower-case letter followed by"),
        (("--smcp-url", "h:1"), "must be a URL such as"),
        (("--smcp-config", "none.json"), r"can't read '.*none\.json': no such file"),
        (("--smcp-plugins", "none"), "none' must be a folder that holds NAME/cli.py"),
        ((*X, "--smcp-revisions", "1999"), "unknown revision '1999'; the valid ones are default, all, 2024-11-05"),
        ((*X, "--smcp-revisions", ""), "unknown revision ''; the valid ones are default, all"),
        ((*X, "--smcp-max-message", "big"), "--smcp-max-message: 'big' must be a number of bytes above 0"),
        ((*X, "--smcp-max-message", "0"), "must be a number of bytes above 0, as in 65536, 64KiB or 16MiB"),
        ((*X, "--smcp-start-timeout", "-1"), "--smcp-start-timeout: '-1' must be a number of seconds above 0"),
        ((*X, "--smcp-reply-timeout", "nan"), "--smcp-reply-timeout: 'nan' must be a number of seconds"),
        (
            (*X, "--smcp-max-examples", "0"),
            "--smcp-max-examples: '0' must be a number of examples above 0, or 'thorough'",
        ),
        ((*X, "--smcp-max-examples", "many"), "'many' must be a number of examples above 0, or 'thorough'"),
        ((*X, "--smcp-time-budget", "0"), "--smcp-time-budget: '0' must be a number of seconds above 0"),
        ((*X, "--smcp-mask", "["), r"--smcp-mask: '\[' must be a regular expression"),
        ((*X, "--smcp-known-failures", "none"), "known failures: '.*none' must be a file"),
        ((*X, "--smcp-revisions", "default,2025-11-25"), "must be 'default' alone, 'all' alone, or revisions between"),
        (("--smcp-server", "http://h:1/mcp"), "a URL is no command; --smcp-url is for a server that already runs"),
        (
            ("--smcp-url", "localhost:3000/mcp"),
            "'localhost:3000/mcp' must be a URL such as .*: with http:// or https://",
        ),
        (("--smcp-url", "http://h:{port}/"), r"^--smcp-url '.*': the URL must name the port; {port} is for commands"),
        (("--smcp-config", ""), "--smcp-config: '' must be the JSON file of an MCP client"),
        (("--smcp-plugins", ""), "--smcp-plugins: '' must be a folder that holds NAME/cli.py"),
        ((*X, "--smcp-known-failures", ""), "--smcp-known-failures: '' must be a TOML file"),
        ((*X, "--smcp-allow-tools", ""), "--smcp-allow-tools: '' must be the name of a tool"),
        ((*X, "--smcp-replay", ""), "--smcp-replay: '' must be the id of an item"),
        ((*X, "--smcp-header", "x"), "a header must be given as 'NAME: VALUE'; in one of them there is no colon"),
        (("--smcp-url", "http://h/", "--smcp-header", "a b: c"), "header 'a' must be given as 'NAME: VALUE'"),
    ],
)
def test_a_wrong_value_is_a_usage_error_that_names_the_valid_ones(
    read: Read, args: tuple[str, ...], complaint: str
) -> None:
    with pytest.raises(pytest.UsageError, match=complaint):
        read(ON, *args)


def test_the_folder_of_one_plugin_is_told_from_that_of_all(read: Read, pytester: pytest.Pytester) -> None:
    (pytester.mkdir("plugins") / "demo").mkdir()
    (pytester.path / "plugins/demo/cli.py").touch()
    with pytest.raises(pytest.UsageError, match=r"NAME/cli\.py; it is a plugin itself, so name '.*plugins'$"):
        read(ON, "--smcp-plugins", "plugins/demo")


@pytest.mark.parametrize(
    ("command", "remark"),
    [
        ("node x.js &", "x: '&' is passed on as an argument, for no shell reads the command"),
        (
            "node x.js --port={prot}",
            "x: '--port={prot}' is passed on as it is; the placeholders are {python} and {port}",
        ),
    ],
)
def test_words_that_may_have_meant_something_else_are_remarked_upon(read: Read, command: str, remark: str) -> None:
    assert read(ON, "--smcp-server", f"x={command}").remarks == (remark,)
    assert read(ON, "--smcp-server", "x=node x.js --port={port} '{\"a\": 1}'").remarks == ()


def test_a_header_that_goes_nowhere_is_remarked_upon(read: Read) -> None:
    assert read(ON, *X, "--smcp-header", "A: b").remarks == (
        "--smcp-header has no effect: no target is reached over HTTP",
    )
    assert read(ON, "--smcp-url", "http://h/mcp", "--smcp-header", "A: b").remarks == ()
    assert read("--smcp-replay", "failure.json", "--smcp-header", "A: b").remarks == ()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("revisions = ['1999']", r"\[tool.smcp-conformance\], revisions: unknown revision '1999'"),
        ("nonsense = 1", "unknown key 'nonsense'; the valid ones are targets"),
        ("known-failures = 'none'", "must be a file"),
    ],
)
def test_a_wrong_configuration_is_a_usage_error_that_names_its_place(
    read: Read, project: Callable[[str], Path], text: str, complaint: str
) -> None:
    project(text)
    with pytest.raises(pytest.UsageError, match=complaint):
        read(ON, *X)


def test_a_usage_error_ends_pytest_with_exit_code_4(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_subprocess(ON, *X, "--smcp-revisions", "1999")
    assert int(result.ret) == 4
    result.stderr.fnmatch_lines(["*unknown revision '1999'; the valid ones are default, all, 2024-11-05*"])


def test_every_option_is_in_the_help(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_subprocess("--help")
    result.stdout.fnmatch_lines([f"  --smcp-{word}*" for word in OPTIONS])


def test_reading_options_imports_pytest_and_the_standard_library_only() -> None:
    """Every pytest run of the environment pays for these imports."""
    script = (
        "import sys, pytest\n"
        "before = set(sys.modules)\n"
        "import smcp_conformance.options\n"
        "print(*(set(sys.modules) - before))"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    packages = {name.partition(".")[0] for name in result.stdout.split()}
    assert packages - sys.stdlib_module_names == {"smcp_conformance"}
    assert not {"json", "tomllib", "subprocess"} & packages
