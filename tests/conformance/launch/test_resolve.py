"""What each word of a command means, which ports are free, and when a server listens."""

import os
import sys
from pathlib import Path

import pytest
from launching import posix

from smcp_conformance.launch import (
    Resolved,
    StartError,
    ports,
    resolve,
)
from smcp_conformance.launch.program import interpreter_of
from smcp_conformance.target import Policy, Target, parse_server_option


def script(path: Path, text: str = "#!/bin/sh\n") -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return str(path)


class TestResolve:
    @pytest.mark.parametrize("word", ["python", "python3", "{python}"])
    def test_python_is_the_one_that_runs_pytest(self, word: str) -> None:
        resolved = resolve(Target("x", (word, "server.py")))
        assert (resolved.argv, resolved.interpreter) == ((sys.executable, "server.py"), sys.executable)
        assert f"program: {sys.executable} (the interpreter that runs pytest)" in resolved.notes

    def test_placeholders_are_filled_everywhere(self) -> None:
        target = Target("x", ("{python}", "-p={port}", "{python}"), "http://h:{port}/", "http", env={"PORT": "{port}"})
        resolved = resolve(target, port=8123)
        assert resolved.argv == (sys.executable, "-p=8123", sys.executable)
        assert (resolved.port, resolved.url, resolved.env["PORT"]) == (8123, "http://h:8123/", "8123")
        assert "url: http://h:8123/" in resolved.notes

    def test_a_port_is_chosen_only_where_one_is_wanted(self) -> None:
        assert resolve(Target("x", ("python",))).port is None
        assert resolve(Target("x", ("python", "{port}"))).port in ports._claims

    def test_the_environment_is_inherited_and_added_to(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SHOP_A", "1")
        monkeypatch.setenv("SHOP_B", "1")
        resolved = resolve(Target("x", ("python",), env={"SHOP_B": "2"}))
        assert (resolved.env["SHOP_A"], resolved.env["SHOP_B"]) == ("1", "2")

    @posix
    def test_a_path_is_taken_from_the_cwd(self, tmp_path: Path) -> None:
        path = script(tmp_path / "bin/server")
        resolved = resolve(Target("x", ("bin/server",), cwd=tmp_path))
        assert resolved.argv == (path,)
        assert f"program: {path} (a path from {tmp_path})" in resolved.notes

    @posix
    def test_a_name_is_looked_up_beside_the_interpreter_and_then_on_the_targets_path(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        on_path, beside = script(tmp_path / "path/tool"), tmp_path / "venv/tool"
        target = Target("x", ("tool",), cwd=tmp_path, env={"PATH": str(tmp_path / "path")})
        monkeypatch.setattr(sys, "executable", str(tmp_path / "venv/python"))
        resolved = resolve(target)
        assert resolved.argv == (on_path,)
        assert f"program: {on_path} (PATH entry {tmp_path / 'path'})" in resolved.notes
        script(beside)
        assert resolve(target).argv == (str(beside),)
        assert f"program: {beside} (beside the interpreter that runs pytest)" in resolve(target).notes

    @posix
    @pytest.mark.parametrize(
        ("text", "interpreter"),
        [
            ("#!/opt/venv/bin/python3.12 -I\n", "/opt/venv/bin/python3.12"),
            ("#!/bin/sh\n'''exec' \"/a long/bin/python\" \"$0\" \"$@\"\n' '''\n", "/a long/bin/python"),
            ("#!/bin/sh\n'''exec' /long/bin/python \"$0\" \"$@\"\n' '''\n", "/long/bin/python"),
            ("#!/usr/bin/env -S python3 -u\n", "{path}/python3"),
            ("#!/usr/bin/env A=b nowhere\n", None),
            ("#!/usr/bin/env\n", None),
            ("#!/usr/bin/env sh\n", None),
            ("#!/bin/sh\n", None),
            ("no script", None),
        ],
    )
    def test_the_interpreter_of_a_script_is_in_its_first_line(
        self, tmp_path: Path, text: str, interpreter: str | None
    ) -> None:
        script(tmp_path / "path/python3")
        script(tmp_path / "path/sh")
        env = {"PATH": str(tmp_path / "path")}
        expected = interpreter and interpreter.format(path=tmp_path / "path")
        assert interpreter_of(script(tmp_path / "server", text), env) == expected

    def test_a_launcher_beside_our_interpreter_on_windows_runs_ours(self) -> None:
        folder = os.path.dirname(sys.executable)
        assert interpreter_of(os.path.join(folder, "tool.EXE"), {}) == sys.executable
        assert interpreter_of(os.path.join("elsewhere", "tool.exe"), {}) is None

    @posix
    def test_the_interpreter_of_a_script_is_noted(self, tmp_path: Path) -> None:
        path = script(tmp_path / "server", f"#!{sys.executable}\n")
        notes = resolve(Target("x", (path,))).notes
        assert f"interpreter: {sys.executable} (the interpreter that runs pytest)" in notes
        path = script(tmp_path / "other", "#!/opt/python3\n")
        assert "interpreter: /opt/python3" in resolve(Target("x", (path,))).notes

    def test_notes_show_names_but_no_secrets(self) -> None:
        target = parse_server_option("TOKEN=hunter22 python s.py --key hunter33 hunter22", Path.cwd())
        masked = Target(**{**vars(target), "policy": Policy(mask=("hunter3+",))})
        notes = resolve(masked).notes
        assert notes[0] == "command: python s.py --key *** ***"
        assert notes[2:] == (f"cwd: {Path.cwd()}", "env: TOKEN=***")
        assert "hunter" not in repr(resolve(masked))

    def test_a_url_needs_no_command(self) -> None:
        resolved = resolve(Target("x", url="http://u:hunter22@h/mcp", transport="http"))
        assert (resolved.argv, resolved.url) == ((), "http://u:hunter22@h/mcp")
        assert resolved.notes == ("url: http://u:***@h/mcp",)

    def test_a_missing_cwd_is_named_with_where_it_was_configured(self, tmp_path: Path) -> None:
        with pytest.raises(StartError, match=r"shop: the working directory '.*none' must be a folder \(here\)"):
            resolve(Target("shop", ("python",), cwd=tmp_path / "none", source="here"))


def test_a_resolved_command_is_a_value() -> None:
    assert Resolved(("a",), Path("b"), {}) == Resolved(("a",), Path("b"), {})
