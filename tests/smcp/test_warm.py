"""The fork servers behind warm runs: what they refuse, what they survive, and that nothing is left of them."""

from __future__ import annotations

import errno
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import anyio
import psutil
import pytest

from smcp.runner import Call, End, Outcome, Runs, warm
from smcp.runner.servers import REPLACEMENTS, Servers
from smcp.runner.words import LONGEST

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="fork servers are POSIX")

DESCRIBED = """\
import os, sys, time
if "--describe" in sys.argv:
    sys.exit(0)
"""
SHOW_PARENT = "print(os.getppid())"
LINGER = "print(os.getpid(), flush=True)\ntime.sleep(600)"


@pytest.fixture
def runs() -> Iterator[Runs]:
    """Runs that wait for their fork server."""
    made = Runs("warm")
    yield made
    made.close()


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], list[str]]]:
    """The reasons logged so far for running cold."""
    with caplog.at_level(logging.INFO, logger="smcp.runner"):
        yield lambda: [record.getMessage() for record in caplog.records if "is run cold" in record.getMessage()]


def plugin(folder: Path, body: str) -> Path:
    """A plugin that answers `--describe` and otherwise does what `body` says."""
    cli = folder / "cli.py"
    cli.write_text(DESCRIBED + body + "\n", encoding="utf-8")
    return cli


def call(cli: Path, *words: str, timeout: float = 60, **more: object) -> Call:
    """A call of it with this interpreter."""
    return Call((sys.executable, str(cli), *words), timeout=timeout, **more)  # type: ignore[arg-type]  # test's brevity


def parent_shown(outcome: Outcome) -> int:
    """Who started a plugin that shows its parent."""
    assert outcome.exit_code == 0, outcome
    return int(outcome.stdout)


def gone(pid: int) -> bool:
    """Wait until there is no such process; a zombie that nobody reaps in a container counts as gone."""
    try:
        process = psutil.Process(pid)
        if process.status() != psutil.STATUS_ZOMBIE:
            process.wait(30)
    except psutil.NoSuchProcess:
        pass
    return True


def server_of(runs: Runs, cli: Path) -> psutil.Process:
    """The fork server that runs a plugin that shows its parent."""
    return psutil.Process(parent_shown(runs.finish(call(cli))))


def test_a_warm_call_is_a_grandchild(runs: Runs, tmp_path: Path) -> None:
    """And all calls of a plugin have the same fork server."""
    cli = plugin(tmp_path, SHOW_PARENT)
    parents = {parent_shown(runs.finish(call(cli))) for _ in range(5)}
    assert len(parents) == 1
    assert parents != {os.getpid()}


def test_cold_is_cold(tmp_path: Path) -> None:
    """No fork server is started, not even when one is asked for ahead."""
    cli = plugin(tmp_path, SHOW_PARENT)
    runs = Runs("cold")
    runs.prepare(call(cli))
    assert parent_shown(runs.finish(call(cli))) == os.getpid()
    assert not [child for child in psutil.Process().children() if str(cli) in child.cmdline()]


def test_auto_is_cold_until_its_fork_server_is_up(tmp_path: Path) -> None:
    """The first call doesn't wait, a later one is warm."""
    cli = plugin(tmp_path, SHOW_PARENT)
    runs = Runs("auto")
    try:
        parents = [parent_shown(runs.finish(call(cli)))]
        while parents[-1] == os.getpid():
            assert len(parents) < 1000
            parents.append(parent_shown(runs.finish(call(cli))))
    finally:
        runs.close()
    assert parents[0] == os.getpid()


def test_auto_is_warm_at_once_when_prepared(tmp_path: Path) -> None:
    """A server may expect calls, and pay for them before they come."""
    cli = plugin(tmp_path, SHOW_PARENT)
    runs = Runs("auto")
    try:
        runs.prepare(call(cli))
        (server,) = runs._servers._servers.values()
        assert server.settled.wait(60)
        assert parent_shown(runs.finish(call(cli))) == server.pid
    finally:
        runs.close()


def test_an_unknown_mode_is_refused() -> None:
    """By a message with the known ones."""
    with pytest.raises(ValueError, match="'hot' is no way to run plugins: one of auto, cold, warm is required"):
        Runs("hot")


def test_a_timeout_ends_the_group_and_the_next_call_works(runs: Runs, tmp_path: Path) -> None:
    """Also what the command has started, also if neither listens to SIGTERM."""
    body = (
        "import signal, subprocess\nif len(sys.argv) > 1:\n    signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "    child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "    print(child.pid, flush=True)\n    time.sleep(600)\nprint('works')"
    )
    cli = plugin(tmp_path, body)
    runs.finish(call(cli))
    outcome = runs.finish(call(cli, "x", timeout=1.5))
    assert (outcome.end, outcome.exit_code) == (End.TIMED_OUT, -signal.SIGKILL)
    assert gone(int(outcome.stdout))
    assert runs.finish(call(cli)).stdout == b"works\n"


def test_output_is_capped(runs: Runs, tmp_path: Path) -> None:
    """As in cold runs."""
    cli = plugin(tmp_path, "while True: print('x' * 1000)")
    outcome = runs.finish(call(cli, max_output=5000))
    assert (outcome.end, len(outcome.stdout)) == (End.TOO_MUCH_OUTPUT, 5000)


def test_descendants_do_not_outlive_the_call(runs: Runs, tmp_path: Path) -> None:
    """Nor do they hold up its outcome."""
    cli = plugin(
        tmp_path,
        "import subprocess\nprint(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']).pid)",
    )
    outcome = runs.finish(call(cli))
    assert (outcome.end, outcome.exit_code) == (End.EXITED, 0)
    assert gone(int(outcome.stdout))


def test_cancelling_waits_until_the_command_is_gone(runs: Runs, tmp_path: Path) -> None:
    """And leaves the fork server to the next call."""
    cli = plugin(
        tmp_path,
        "if len(sys.argv) > 1:\n    open(sys.argv[1], 'w').write(str(os.getpid()))\n    time.sleep(600)\n"
        + SHOW_PARENT,
    )
    server = server_of(runs, cli)
    note = tmp_path / "note"

    async def cancelled() -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(runs.run, call(cli, str(note)))
            while not (note.exists() and note.read_text()):
                await anyio.sleep(0.01)
            tasks.cancel_scope.cancel()

    anyio.run(cancelled)
    assert gone(int(note.read_text()))
    assert parent_shown(runs.finish(call(cli))) == server.pid


def test_closing_leaves_nothing(tmp_path: Path) -> None:
    """Running calls, spare children and fork servers end, and later calls are cold."""
    cli = plugin(tmp_path, f"if len(sys.argv) > 1:\n    {LINGER.replace(chr(10), chr(10) + '    ')}\n{SHOW_PARENT}")
    runs = Runs("warm")
    server = server_of(runs, cli)
    outcomes: list[Outcome] = []
    thread = threading.Thread(target=lambda: outcomes.append(runs.finish(call(cli, "x", timeout=600))))
    thread.start()
    while len(server.children()) < 2:
        pass
    family = [server, *server.children()]
    runs.close()
    thread.join(60)
    assert [gone(process.pid) for process in family]
    assert [outcome.exit_code for outcome in outcomes] == [-signal.SIGKILL]
    assert parent_shown(runs.finish(call(cli))) == os.getpid()


def test_a_killed_parent_leaves_nothing(tmp_path: Path) -> None:
    """Fork servers and what they run end when their socket closes."""
    cli = plugin(tmp_path, "import threading\n" + LINGER)
    source = (
        "import sys\nfrom smcp.runner import Call, Runs\n"
        "Runs('warm').finish(Call((sys.executable, sys.argv[1]), timeout=600))"
    )
    process = subprocess.Popen([sys.executable, "-c", source, str(cli)])
    parent = psutil.Process(process.pid)
    while len(family := parent.children(recursive=True)) < 3:  # the server, the call, the next spare child
        assert process.poll() is None
    process.kill()
    process.wait(30)
    assert [gone(one.pid) for one in family]


def test_a_killed_parent_leaves_nothing_while_a_server_starts(tmp_path: Path) -> None:
    """Not even if the plugin hangs in its `--describe`."""
    cli = tmp_path / "cli.py"
    cli.write_text("import time\ntime.sleep(600)\n", encoding="utf-8")
    source = "import sys\nfrom smcp.runner import Call, Runs\nRuns('warm').finish(Call((sys.executable, sys.argv[1])))"
    process = subprocess.Popen([sys.executable, "-c", source, str(cli)])
    parent = psutil.Process(process.pid)
    while len(family := parent.children(recursive=True)) < 2:  # the server, its run with --describe
        assert process.poll() is None
    process.kill()
    process.wait(30)
    assert [gone(one.pid) for one in family]


def test_a_changed_file_is_run_as_it_is_now(runs: Runs, tmp_path: Path) -> None:
    """By a new fork server; the old one ends."""
    cli = plugin(tmp_path, "print('one', os.getppid())")
    before = runs.finish(call(cli)).stdout.split()
    plugin(tmp_path, "print('two', os.getppid())")
    after = runs.finish(call(cli)).stdout.split()
    assert (before[0], after[0]) == (b"one", b"two")
    assert int(after[1]) not in (os.getpid(), int(before[1]))
    assert gone(int(before[1]))


def test_a_call_outlives_the_change_of_its_file(runs: Runs, tmp_path: Path) -> None:
    """Its fork server waits for it."""
    body = "if len(sys.argv) > 1:\n    open(sys.argv[1], 'w').close()\n    sys.stdin.read()\nprint(os.getppid())"
    cli = plugin(tmp_path, body)
    old = server_of(runs, cli)
    read, write = os.pipe()
    outcomes: list[Outcome] = []
    waiting = call(cli, str(tmp_path / "began"), stdin=read)
    thread = threading.Thread(target=lambda: outcomes.append(runs.finish(waiting)))
    thread.start()
    while not (tmp_path / "began").exists():
        pass
    plugin(tmp_path, body + "\nprint('', end='')")
    assert server_of(runs, cli) != old
    os.close(write)
    thread.join(60)
    os.close(read)
    assert parent_shown(outcomes[0]) == old.pid
    assert gone(old.pid)


def test_files_beside_the_plugin_are_read_in_each_call(runs: Runs, tmp_path: Path) -> None:
    """A fork server loads none of them ahead."""
    cli = plugin(tmp_path, "sys.dont_write_bytecode = True\nimport sibling\nprint(sibling.VALUE, os.getppid())")
    shown = []
    for value in (1, 2):
        (tmp_path / "sibling.py").write_text(f"VALUE = {value}\n", encoding="utf-8")
        shown.append(runs.finish(call(cli)).stdout.split())
    assert [value for value, _ in shown] == [b"1", b"2"]
    assert shown[0][1] == shown[1][1] != str(os.getpid()).encode()


def library(tmp_path: Path, source: str) -> dict[str, str]:
    """An environment in which a module `installed` with that source comes from site-packages."""
    folder = tmp_path / "site-packages"
    folder.mkdir()
    (folder / "installed.py").write_text(source, encoding="utf-8")
    return {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}


def test_an_installed_module_is_loaded_once(runs: Runs, tmp_path: Path) -> None:
    """Until its folder changes."""
    env = library(tmp_path, "import os\nLOADED_BY = os.getpid()\n")
    cli = plugin(tmp_path, "print(installed.LOADED_BY, os.getppid())")
    cli.write_text("import installed\n" + cli.read_text(encoding="utf-8"), encoding="utf-8")
    one = runs.finish(call(cli, env=env)).stdout.split()
    assert one[0] == one[1]
    (tmp_path / "site-packages" / "another.py").touch()
    two = runs.finish(call(cli, env=env)).stdout.split()
    assert two[0] == two[1] != one[1]


@pytest.mark.skipif(sys.version_info < (3, 11), reason="PYTHONSAFEPATH came with 3.11")
def test_a_safe_path_is_kept(runs: Runs, tmp_path: Path) -> None:
    """The fork server finds its own files, and the plugin finds what it would find."""
    cli = plugin(tmp_path, "print(sys.path)\nprint(os.getppid(), file=sys.stderr)")
    safe = call(cli, env={**os.environ, "PYTHONSAFEPATH": "1"})
    warmed, cold = runs.finish(safe), Runs("cold").finish(safe)
    assert warmed.stdout == cold.stdout
    assert int(warmed.stderr) != int(cold.stderr) == os.getpid()


def test_one_fork_server_serves_all_folders(runs: Runs, tmp_path: Path) -> None:
    """And all homes: each child is where its call is."""
    cli = plugin(tmp_path, "print(os.getcwd(), os.environ['HOME'], os.getppid())")
    shown = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        shown.append(runs.finish(call(cli, cwd=str(folder), env={**os.environ, "HOME": str(folder)})).stdout.split())
        assert shown[-1][:2] == [os.fsencode(folder.resolve()), os.fsencode(folder)]
    assert shown[0][2] == shown[1][2] != str(os.getpid()).encode()


def test_what_imports_made_of_the_folder_is_not_kept_for_another(
    runs: Runs, tmp_path: Path, told: Callable[[], list[str]]
) -> None:
    """A call in another folder goes cold."""
    env = library(tmp_path, "import os\nVALUE = os.path.abspath('x')")
    cli = plugin(tmp_path, "print(os.path.dirname(installed.VALUE) == os.getcwd(), os.getppid() == int(sys.argv[1]))")
    cli.write_text("import installed\n" + cli.read_text(encoding="utf-8"), encoding="utf-8")
    me = str(os.getpid())
    shown = [runs.finish(call(cli, me, env=env, cwd=str(folder))).stdout for folder in (tmp_path, tmp_path.parent)]
    assert shown == [b"True False\n", b"True True\n"]
    assert "asked for another folder" in told()[0]


@pytest.mark.parametrize(
    "source",
    ["VALUE = os.environ.get('SWITCH')", "VALUE = dict(os.environ)['SWITCH']", "VALUE = os.getenv('SWITCH')"],
)
def test_what_imports_made_of_the_environment_is_not_kept_for_another(
    runs: Runs, tmp_path: Path, told: Callable[[], list[str]], source: str
) -> None:
    """A call with another value of a variable that was read goes cold; one with another variable doesn't."""
    env = {**library(tmp_path, "import os\n" + source), "SWITCH": "a"}
    cli = plugin(tmp_path, "print(installed.VALUE, os.getppid() == int(sys.argv[1]))")
    cli.write_text("import installed\n" + cli.read_text(encoding="utf-8"), encoding="utf-8")
    environments = [env, {**env, "SWITCH": "b"}, {**env, "OTHER": "c"}]
    shown = [runs.finish(call(cli, str(os.getpid()), env=one)).stdout for one in environments]
    assert shown == [b"a False\n", b"b True\n", b"a False\n"]
    assert "another value of SWITCH" in told()[0]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import threading, time\nthreading.Thread(target=time.sleep, args=(600,), daemon=True).start()", "threads"),
        ("print('hello from an import')", "write to stdout or stderr"),
    ],
)
def test_imports_with_effects_keep_a_plugin_cold(
    runs: Runs, tmp_path: Path, told: Callable[[], list[str]], source: str, reason: str
) -> None:
    """With one line that says why, however often it is called."""
    env = library(tmp_path, source)
    cli = plugin(tmp_path, SHOW_PARENT)
    cli.write_text("import installed\n" + cli.read_text(encoding="utf-8"), encoding="utf-8")
    outcomes = [runs.finish(call(cli, env=env)) for _ in range(3)]
    assert [int(outcome.stdout.split()[-1]) for outcome in outcomes] == [os.getpid()] * 3
    (line,) = told()
    assert str(cli) in line
    assert reason in line


def test_a_module_that_takes_the_place_of_another_keeps_a_plugin_cold(
    runs: Runs, tmp_path: Path, told: Callable[[], list[str]]
) -> None:
    """A fork server would have loaded the other one."""
    (tmp_path / "csv.py").write_text("WHOSE = 'the plugin'\n", encoding="utf-8")
    cli = plugin(tmp_path, "import csv\nprint(csv.WHOSE, os.getppid())")
    cli.write_text("import importlib.metadata\n" + cli.read_text(encoding="utf-8"), encoding="utf-8")
    assert runs.finish(call(cli)).stdout == f"the plugin {os.getpid()}\n".encode()
    (line,) = told()
    assert "its module 'csv'" in line


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("print('\\d')\n", "compiled in silence"),
        ("x = = 1\n", "compiled in silence"),
        ("import os\nos._exit(0)\n", "did not tell its modules"),
        ("import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\n", "did not start: it said nothing"),
    ],
)
def test_a_plugin_that_cannot_be_prepared_is_run_cold(
    runs: Runs, tmp_path: Path, told: Callable[[], list[str]], text: str, reason: str
) -> None:
    """And the line says why."""
    cli = tmp_path / "cli.py"
    if "getppid" in text:
        text = (
            f"import os, sys\nif '--describe' in sys.argv:\n    {text.splitlines()[1].replace('signal.SIGKILL', '9')}\n"
        )
    cli.write_text(text, encoding="utf-8")
    assert runs.finish(call(cli)) == Runs("cold").finish(call(cli))
    (line,) = told()
    assert reason in line


def test_a_hanging_describe_keeps_a_plugin_cold(
    runs: Runs, tmp_path: Path, told: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the time a fork server has to start, and without leaving one."""
    monkeypatch.setattr(warm, "START_LIMIT", 0.5)
    cli = tmp_path / "cli.py"
    cli.write_text("import sys, time\nif '--describe' in sys.argv:\n    time.sleep(600)\nprint(1)\n", encoding="utf-8")
    assert runs.finish(call(cli)).stdout == b"1\n"
    assert "was not ready within 0.5 s" in told()[0]
    assert not [child for child in psutil.Process().children(recursive=True) if str(cli) in child.cmdline()]


def test_a_shim_is_never_a_fork_servers_interpreter(runs: Runs, tmp_path: Path, told: Callable[[], list[str]]) -> None:
    """Nobody knows what a script will start."""
    cli = plugin(tmp_path, SHOW_PARENT)
    shim = tmp_path / "python"
    shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    shim.chmod(0o755)
    assert parent_shown(runs.finish(Call((str(shim), str(cli)), timeout=60))) == os.getpid()
    assert "its interpreter is a script" in told()[0]


@pytest.mark.parametrize(
    "argv",
    [(sys.executable, "-c", "print(1)"), (sys.executable, "-I", "{cli}"), ("env", "python3", "{cli}"), ("true",)],
)
def test_other_commands_are_run_cold(
    runs: Runs, tmp_path: Path, told: Callable[[], list[str]], argv: tuple[str, ...]
) -> None:
    """Only an interpreter and a file can be served."""
    cli = plugin(tmp_path, "print(1)")
    assert runs.finish(Call([word.format(cli=cli) for word in argv], timeout=60)).exit_code == 0
    assert "not an interpreter" in told()[0]


def test_a_relative_file_is_found_from_its_folder(runs: Runs, tmp_path: Path) -> None:
    """And shows the same name of itself as in a cold run."""
    cli = plugin(tmp_path, "print(sys.argv, __file__, sys.path[0])")
    relative = Call((sys.executable, cli.name), timeout=60, cwd=str(tmp_path))
    assert runs.finish(relative) == Runs("cold").finish(relative)
    assert len(runs._servers._servers) == 1


@pytest.mark.parametrize("mode", ["cold", "warm"])
@pytest.mark.parametrize(
    ("word", "error", "number"),
    [
        ("x\0y", ValueError, None),
        ("\ud800", ValueError, None),
        pytest.param(
            "x" * (LONGEST + 1),
            OSError,
            errno.E2BIG,
            marks=pytest.mark.skipif(sys.platform != "linux", reason="MAX_ARG_STRLEN is Linux's"),
        ),
    ],
)
def test_words_that_no_command_line_takes_are_errors_in_both_modes(
    mode: str, word: str, error: type[Exception], number: int | None, tmp_path: Path
) -> None:
    """The same ones."""
    cli = plugin(tmp_path, "print(1)")
    runs = Runs(mode)
    try:
        with pytest.raises(error) as raised:
            runs.finish(call(cli, word))
        assert getattr(raised.value, "errno", None) == number
    finally:
        runs.close()


@pytest.mark.skipif(sys.platform != "linux", reason="MAX_ARG_STRLEN is Linux's")
def test_the_longest_word_reaches_the_plugin(runs: Runs, tmp_path: Path, told: Callable[[], list[str]]) -> None:
    """In a cold run: the operating system judges whether it can be taken."""
    cli = plugin(tmp_path, "print(len(sys.argv[1]))")
    assert runs.finish(call(cli, "x" * LONGEST)).stdout == f"{LONGEST}\n".encode()
    assert "too long to be passed on" in told()[0]


def test_an_impossible_environment_is_the_same_error(runs: Runs, tmp_path: Path) -> None:
    """A name with "=" can't be told from its value."""
    cli = plugin(tmp_path, "print(1)")
    runs.finish(call(cli))
    with pytest.raises(ValueError, match="illegal environment variable name"):
        runs.finish(call(cli, env={**os.environ, "A=B": "x"}))


def test_a_folder_that_is_not_there_is_the_same_error(runs: Runs, tmp_path: Path) -> None:
    """As from a cold start."""
    cli = plugin(tmp_path, "print(1)")
    for _ in range(2):
        with pytest.raises(FileNotFoundError):
            runs.finish(call(cli, cwd=str(tmp_path / "nowhere")))
        assert runs.finish(call(cli)).stdout == b"1\n"


def test_only_so_many_fork_servers_are_kept(runs: Runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first one goes when there are too many, and is back when it is needed."""
    monkeypatch.setattr("smcp.runner.servers.MOST", 2)
    folders = [tmp_path / str(number) for number in range(3)]
    for folder in folders:
        folder.mkdir()
    clis = [plugin(folder, SHOW_PARENT) for folder in folders]
    pids = [server_of(runs, cli).pid for cli in clis]
    assert len(set(pids)) == 3
    assert gone(pids[0])
    assert [server_of(runs, cli).pid for cli in clis[1:]] == pids[1:]
    assert server_of(runs, clis[0]).pid not in (os.getpid(), *pids)


def test_variables_that_interpreters_read_have_a_fork_server_of_their_own(runs: Runs, tmp_path: Path) -> None:
    """Others are set in the child."""
    cli = plugin(tmp_path, "print(os.getppid(), hash('x'), os.environ['OTHER'])")
    settings = [("1", "a"), ("2", "a"), ("1", "b"), ("2", "b")]
    shown = [
        runs.finish(call(cli, env={**os.environ, "PYTHONHASHSEED": seed, "OTHER": other})).stdout.split()
        for seed, other in settings
    ]
    assert len({pid for pid, _, _ in shown}) == 2
    assert len({seeded for _, seeded, _ in shown}) == 2
    assert [other for _, _, other in shown] == [b"a", b"a", b"b", b"b"]


def test_a_lost_fork_server_is_replaced(runs: Runs, tmp_path: Path, told: Callable[[], list[str]]) -> None:
    """So often, then the plugin is run cold; no call is lost."""
    cli = plugin(tmp_path, SHOW_PARENT)
    for _ in range(REPLACEMENTS + 1):
        server = server_of(runs, cli)
        assert server.pid != os.getpid()
        server.kill()
        gone(server.pid)
    assert parent_shown(runs.finish(call(cli))) == os.getpid()
    assert "fork servers were lost" in told()[-1]


def test_a_lost_spare_child_is_replaced(runs: Runs, tmp_path: Path) -> None:
    """Whoever killed it."""
    cli = plugin(tmp_path, SHOW_PARENT)
    server = server_of(runs, cli)
    while not (spares := server.children()):
        pass
    spares[0].kill()
    outcome = runs.finish(call(cli))
    if outcome.exit_code == 0:  # else the call had just been handed to it, and was killed with it
        assert parent_shown(outcome) == server.pid
    assert parent_shown(runs.finish(call(cli))) == server.pid


def test_a_call_that_loses_its_server_is_over_and_not_begun_again(runs: Runs, tmp_path: Path) -> None:
    """What it did may not be done twice."""
    body = "open(sys.argv[1], 'a').write('began\\n')\nif len(sys.argv) > 2:\n    time.sleep(600)\nprint(os.getppid())"
    cli = plugin(tmp_path, body)
    note = tmp_path / "note"
    server = psutil.Process(parent_shown(runs.finish(call(cli, str(note)))))
    outcomes: list[Outcome] = []
    thread = threading.Thread(target=lambda: outcomes.append(runs.finish(call(cli, str(note), "linger"))))
    thread.start()
    while note.read_text().count("began") < 2:
        pass
    family = server.children()
    server.kill()
    thread.join(60)
    assert [(outcome.end, outcome.exit_code) for outcome in outcomes] == [(End.EXITED, -signal.SIGKILL)]
    assert note.read_text().count("began") == 2
    assert [gone(one.pid) for one in family]


def test_a_silent_fork_server_is_given_up(
    runs: Runs, tmp_path: Path, told: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The call goes cold, and the next has a new fork server."""
    cli = plugin(tmp_path, SHOW_PARENT)
    server = server_of(runs, cli)
    server.suspend()
    monkeypatch.setattr(warm, "ANSWER_LIMIT", 0.5)
    assert parent_shown(runs.finish(call(cli))) == os.getpid()
    assert gone(server.pid)
    assert "its fork server was lost" in told()[0]
    monkeypatch.undo()
    assert parent_shown(runs.finish(call(cli))) not in (os.getpid(), server.pid)


def test_calls_at_the_same_time_keep_their_own(runs: Runs, tmp_path: Path) -> None:
    """Words, streams and exit codes."""
    cli = plugin(
        tmp_path, "print(sys.argv[1] * 10000)\nprint(sys.argv[1], file=sys.stderr)\nsys.exit(int(sys.argv[1]))"
    )
    outcomes: dict[int, Outcome] = {}

    def work(first: int) -> None:
        for number in range(first, first + 10):
            outcomes[number] = runs.finish(call(cli, str(number)))

    threads = [threading.Thread(target=work, args=(first,)) for first in range(0, 80, 10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert sorted(outcomes) == list(range(80))
    for number, outcome in outcomes.items():
        shown = (outcome.exit_code, outcome.stdout.decode(), outcome.stderr.decode())
        assert shown == (number, f"{str(number) * 10000}\n", f"{number}\n")


def test_hundreds_of_calls_leave_no_descriptor_and_no_process(runs: Runs, tmp_path: Path) -> None:
    """Neither here nor in the fork server."""
    cli = plugin(
        tmp_path,
        "import subprocess as s\ns.Popen(['sleep', '600'], stdout=s.DEVNULL, stderr=s.DEVNULL)\n" + SHOW_PARENT,
    )
    server = server_of(runs, cli)
    me = psutil.Process()
    for _ in range(10):
        runs.finish(call(cli))
    before = me.num_fds(), server.num_fds(), len(me.children())
    for _ in range(300):
        runs.finish(call(cli))
    assert (me.num_fds(), server.num_fds(), len(me.children())) == before
    assert len(server.children(recursive=True)) <= 1
    assert runs._live == set()


def test_a_failed_start_leaves_no_descriptor(runs: Runs, tmp_path: Path) -> None:
    """Neither refused plugins nor calls that can't be made."""
    bad = tmp_path / "bad.py"
    bad.write_text("x = = 1", encoding="utf-8")
    cli = plugin(tmp_path, "print(1)")
    me = psutil.Process()
    counts = []
    for _ in range(3):
        for _ in range(5):
            runs.finish(call(bad))
            with pytest.raises(ValueError, match="null"):
                runs.finish(call(cli, "\0"))
        counts.append(me.num_fds())
    assert counts[0] == counts[1] == counts[2]


def test_servers_are_not_started_where_forks_are_not_safe(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Elsewhere all plugins are run cold."""
    monkeypatch.setattr("smcp.runner.servers._POSIX", False)
    servers = Servers("warm")
    cli = plugin(tmp_path, "print(1)")
    started = servers.start(call(cli))
    started.reap()
    assert servers._servers == {}
