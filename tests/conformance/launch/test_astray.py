"""A script that isn't where the command looks for it is found, if it is near."""

from __future__ import annotations

from pathlib import Path

import pytest
from launching import command

from smcp_conformance.launch import StartError, explain_start_failure, resolve
from smcp_conformance.launch.astray import DEEP, missing_script


def script(path: Path) -> Path:
    """Make an empty file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


def hint(tmp_path: Path, word: str, *places: Path, program: str = "python") -> str:
    """What is said of `word` in a command that runs in `tmp_path`; "" if nothing is."""
    return missing_script((program, "-u", word), tmp_path, places) or ""


def test_a_script_below_the_cwd_is_found(tmp_path: Path) -> None:
    """The word to write is given, and where the file was looked for."""
    found = script(tmp_path / "src/shop/server.py")
    assert hint(tmp_path, "server.py") == (
        f"'server.py' was looked for at {tmp_path / 'server.py'}, where no such file is; there is {found}, "
        f"so write {str(Path('src/shop/server.py'))!r}, or set the server's cwd"
    )


def test_a_script_of_the_folder_where_pytest_was_called_is_found(tmp_path: Path) -> None:
    """The command runs in the rootdir, which may be above or beside it."""
    rootdir, here = tmp_path / "project", tmp_path / "other"
    script(here / "server.js")
    rootdir.mkdir()
    assert f"so write {str(Path('../other/server.js'))!r}" in hint(rootdir, "./server.js", here, program="node")


def test_what_is_nowhere_near_is_said_to_be(tmp_path: Path) -> None:
    """Neither what others made is looked into, nor what lies deep."""
    script(tmp_path / "node_modules/x/server.py")
    script(tmp_path / ".venv/server.py")
    script(tmp_path.joinpath(*"abcd"[: DEEP + 1], "server.py"))
    assert f"nor is there one of that name in or shortly below {tmp_path}" in hint(tmp_path, "server.py")


@pytest.mark.parametrize(
    ("program", "word"),
    [
        ("python", "here.py"),
        ("python", "--config=x.py"),
        ("python", "shop"),
        ("node", "http://h/x.js"),
        ("/usr/bin/npx", "chart.js"),
        ("python", "/nowhere/x.py"),
    ],
)
def test_of_what_is_there_or_is_no_relative_script_nothing_is_said(tmp_path: Path, program: str, word: str) -> None:
    """A path from the root is told by the program itself."""
    script(tmp_path / "here.py")
    assert hint(tmp_path, word, program=program) == ""


def test_a_folder_that_may_not_be_read_is_passed_over(tmp_path: Path) -> None:
    """Such as one that is gone."""
    assert hint(tmp_path / "gone", "server.py").endswith(f"shortly below {tmp_path / 'gone'}")


def test_it_stands_in_the_explanation_of_a_start_failure(tmp_path: Path) -> None:
    """Whether the script is an argument or the command itself."""
    script(tmp_path / "sub/server.py")
    argument = explain_start_failure(resolve(command("python", "server.py", cwd=tmp_path)), None, "it ended")
    assert "\nhint: 'server.py' was looked for at " in argument
    with pytest.raises(StartError, match=r"hint: './server\.py' was looked for at .*so write 'sub.server\.py'"):
        resolve(command("./server.py", cwd=tmp_path))
