"""docs/testing-plugins.md: whoever types what stands there, from an empty folder on, sees what it shows."""

from __future__ import annotations

import fnmatch
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from smcp_conformance.cli.collect import PAGES

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "testing-plugins.md"
PATIENCE = 600.0  # seconds that one command may take on a loaded machine
BLOCK = re.compile(r"(?P<before>[^\n]*)\n\n```(?P<kind>console|diff|python)\n(?P<text>.*?)```", re.DOTALL)


def blocks() -> Iterator[tuple[str, str, str]]:
    """The fenced blocks in their order: the file that the line before them names, their kind, their text."""
    for found in BLOCK.finditer(PAGE.read_text(encoding="utf-8")):
        named = re.search(r"`([\w/.]+\.py)`:$", found["before"])
        yield named[1] if named else "", found["kind"], found["text"]


@pytest.mark.slow  # a quarter of a minute
def test_the_tutorial_works_from_an_empty_folder(tmp_path: Path) -> None:
    """Each command shows what it is said to show (… stands for anything), each change applies."""
    for file, kind, text in blocks():
        if kind == "console":
            see(text, tmp_path)
        elif kind == "diff":
            change(tmp_path / file, text)
        else:
            with (tmp_path / file).open("a", encoding="utf-8") as end:
                end.write(text)


def see(text: str, folder: Path) -> None:
    """Run the commands of a console block, and find in what each prints the lines that stand below it."""
    for part in text.removeprefix("$ ").split("\n$ "):
        command, *expected = part.splitlines()
        done = run(command, folder)
        printed = iter(done.splitlines())
        for line in expected:
            if line != "…":
                pattern = "*".join(map(literal, line.split("…")))
                assert any(fnmatch.fnmatchcase(one, pattern) for one in printed), f"{line!r} is missing in:\n{done}"


def literal(text: str) -> str:
    """A pattern that matches this text alone."""
    return re.sub(r"([*?\[])", r"[\1]", text)


def run(command: str, folder: Path) -> str:
    """What a command prints, by the programs of this environment, as in a terminal of nobody's in particular."""
    ours = ("PYTEST_", "CI", "GITHUB_", "COLUMNS", "HYPOTHESIS")
    env = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{env.get('PATH', '')}"
    words = shlex.split(command)
    done = subprocess.run(
        words, cwd=folder, env=env, capture_output=True, text=True, timeout=PATIENCE, check=False, encoding="utf-8"
    )
    return done.stdout + done.stderr


def change(file: Path, diff: str) -> None:
    """Replace the lines of a file that a block takes away by those that it brings."""
    old, new = ("".join(f"{line[1:]}\n" for line in diff.splitlines() if line.startswith(sign)) for sign in "-+")
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_the_tutorial_names_every_page_of_checks() -> None:
    """In the order in which they run."""
    assert re.findall(r"^\| `(\w+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE) == list(PAGES)


@pytest.mark.parametrize("page", sorted(path.name for path in (ROOT / "docs").glob("*.md")))
def test_links_between_pages_lead_somewhere(page: str) -> None:
    """Of those within this repository."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert (ROOT / "docs" / link).exists()
