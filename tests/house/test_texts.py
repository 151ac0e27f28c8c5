"""What no file of the project may hold, and what git may not overlook."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REGISTRY = re.compile(r"\b(?:index-url|find-links|trusted-host)\b|\b(?:artifactory|nexus|devpi)\b", re.IGNORECASE)
MACHINE = re.compile(r"(?<![\w.}])/(?:work|root|tmp|(?:home|Users)/(?!me/)\w+)/\w")  # "me" is anybody
LINE_EXCUSES = {
    "type: ignore": re.compile(r"#\s*type:\s*ignore(?:\[[\w-]+(?:,\s*[\w-]+)*\])?(?P<reason>.*)"),
    "noqa": re.compile(r"#\s*noqa(?::\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*)?(?P<reason>.*)"),
    "no cover": re.compile(r"#\s*pragma:\s*no\s+(?:cover|branch)(?P<reason>.*)"),
    "pyright": re.compile(r"#\s*pyright:\s*ignore(?:\[[\w, ]+\])?(?P<reason>.*)"),
}
BARE_SKIP = re.compile(
    r"pytest\.(?:skip|xfail)\(\s*\)|mark\.(?:skip|xfail)\b(?!if)(?!\s*\([^)]*reason)|skipif\((?![^\n]*reason)"
)
HIDDEN_ONES = (".coveragerc", "conftest.py", "pytest.ini", "tests/house/test_texts.py", "tests/real/run.py", ".ci/run")
git = shutil.which("git")


def project_files() -> Iterator[Path]:
    """All files that git tracks or would track."""
    words = [str(git), "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False).stdout
    paths = (ROOT / name for name in listed.split("\0") if name)
    yield from (path for path in paths if path.is_file() and path != Path(__file__))


def lines(*suffixes: str) -> Iterator[tuple[str, str]]:
    """Each line of text with its place; of files with these suffixes, if given."""
    for path in project_files():
        if not suffixes or path.suffix in suffixes:
            text = path.read_text(encoding="utf-8", errors="replace")
            yield from ((f"{path.relative_to(ROOT)}:{n}", line) for n, line in enumerate(text.splitlines(), 1))


needs_git = pytest.mark.skipif(
    git is None or not (ROOT / ".git").exists(), reason="this is no git checkout, so nobody can say what belongs to it"
)


@needs_git
@pytest.mark.parametrize("forbidden", [REGISTRY, MACHINE], ids=["registry", "machine"])
def test_no_file_names_a_machine(forbidden: re.Pattern[str]) -> None:
    """Neither a package index that isn't the public one nor a path that exists on one computer only."""
    assert [f"{place}: {line.strip()}" for place, line in lines() if forbidden.search(line)] == []


@needs_git
@pytest.mark.parametrize("kind", LINE_EXCUSES)
def test_every_excuse_has_its_reason_beside_it(kind: str) -> None:
    """What silences a tool says why on the same line."""
    found = ((place, LINE_EXCUSES[kind].search(line)) for place, line in lines(".py"))
    assert [place for place, match in found if match and not re.search(r"\w{2}", match["reason"])] == []


@needs_git
def test_every_skipped_test_says_why() -> None:
    """In words that the report shows."""
    assert [f"{place}: {line.strip()}" for place, line in lines(".py") if BARE_SKIP.search(line)] == []


@pytest.mark.parametrize(
    ("pattern", "bad", "good"),
    [
        (MACHINE, "see /home/anna/notes", "GET /v1/home/anna"),
        (REGISTRY, "pip install --index-url https://x", "an index of urls"),
        (BARE_SKIP, "@pytest.mark.skip", '@pytest.mark.skip(reason="no")'),
        (BARE_SKIP, "@pytest.mark.skipif(x)", '@pytest.mark.skipif(x, reason="no")'),
        (BARE_SKIP, "pytest.skip()", 'pytest.skip("no")'),
    ],
)
def test_the_patterns_find_what_they_should(pattern: re.Pattern[str], bad: str, good: str) -> None:
    """And nothing else: a pattern that matches nothing proves nothing."""
    assert pattern.search(bad)
    assert not pattern.search(good)


@needs_git
@pytest.mark.parametrize("name", HIDDEN_ONES)
def test_git_ignores_no_file_that_is_needed(name: str) -> None:
    """`.coverage*` would swallow .coveragerc, and `test*` the tests."""
    words = [str(git), "check-ignore", "--no-index", "--quiet", name]
    assert subprocess.run(words, cwd=ROOT, timeout=60, check=False).returncode == 1


@needs_git
@pytest.mark.parametrize("name", [".coverage", ".coverage.host.1.2", "htmlcov/index.html", ".venv/bin/python"])
def test_git_ignores_what_is_made(name: str) -> None:
    """Or a measurement would be committed."""
    words = [str(git), "check-ignore", "--no-index", "--quiet", name]
    assert subprocess.run(words, cwd=ROOT, timeout=60, check=False).returncode == 0
