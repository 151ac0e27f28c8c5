"""What plugins are put into: no network, watched folders, odd stdins."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from smcp_conformance.cli import surroundings
from smcp_conformance.cli.runner import run
from smcp_conformance.cli.surroundings import WITHOUT_SOCKETS, changed, files, offline

from .conftest import Writer

ASKS = """
import socket, sys
with socket.create_server(("127.0.0.1", 0)) as somebody:
    try:
        socket.create_connection(somebody.getsockname(), timeout=5).close()
    except OSError as error:
        sys.exit(3)
"""


@pytest.fixture
def afresh() -> Iterator[None]:
    """Let the network be cut off anew, as this machine seems to be."""
    offline.cache_clear()
    yield
    offline.cache_clear()


@pytest.mark.usefixtures("afresh")
@pytest.mark.parametrize("works", [True, False])
def test_a_plugin_reaches_nobody(works: bool, write_plugin: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a namespace of its own, or, where that is forbidden, with sockets that don't connect."""
    if not works:
        monkeypatch.setattr("shutil.which", lambda _: None)
    plugin = write_plugin(ASKS)
    cut = offline()
    assert run(plugin, ()).returncode == 0
    assert run(cut.around(plugin), (), env=cut.env).returncode == 3
    if not works:
        assert cut.misses == "what isn't written in Python and uses no proxy"
        assert cut.env["https_proxy"] == cut.env["HTTPS_PROXY"] == "http://127.0.0.1:9"


@pytest.mark.usefixtures("afresh")
@pytest.mark.parametrize("words", [("false",), ("no-such-program-at-all",)])
def test_what_does_not_work_is_not_used(words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """A namespace that is forbidden, and a program that isn't there."""
    works = surroundings._works
    monkeypatch.setattr(surroundings, "_works", lambda _: works(words))
    assert offline().words == ()


def without_sockets(code: str, path: str = "") -> subprocess.CompletedProcess[str]:
    """Run code in a Python whose network was taken away."""
    env = {"PYTHONPATH": f"{WITHOUT_SOCKETS}:{path}".rstrip(":"), "PATH": ""}
    return subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no paths for sockets")
def test_sockets_with_a_path_and_own_names_are_left_alone() -> None:
    """They need no network."""
    code = "import socket; a, b = socket.socketpair(); a.send(b'x'); socket.getaddrinfo('localhost', 80)"
    assert without_sockets(code).returncode == 0


@pytest.mark.parametrize("call", ["socket.getaddrinfo('example.org', 80)", "socket.gethostbyname('example.org')"])
def test_names_are_not_resolved(call: str) -> None:
    """Whoever asks is told that there is no network."""
    assert "OSError: there is no network" in without_sockets(f"import socket; {call}").stderr


def test_the_hidden_sitecustomize_is_run(tmp_path: Path) -> None:
    """An environment that has one of its own still gets it."""
    (tmp_path / "sitecustomize.py").write_text("print('mine')\n")
    assert without_sockets("pass", str(tmp_path)).stdout == "mine\n"


def test_changes_of_files_are_seen_but_for_caches(tmp_path: Path) -> None:
    """What came, went or changed, by its path."""
    for name in ("kept", "gone", "grown"):
        (tmp_path / name).write_text("x")
    before = files(tmp_path)
    (tmp_path / "gone").unlink()
    (tmp_path / "grown").write_text("xx")
    for name in ("inner", "__pycache__", ".cache"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "new").write_text("x")
    (tmp_path / "module.pyc").write_text("x")
    (tmp_path / "link").symlink_to("nowhere")
    assert changed(before, files(tmp_path)) == ["gone", "grown", "inner/new", "link"]


def test_a_huge_folder_is_not_read_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the plugin's, and may hold anything."""
    monkeypatch.setattr(surroundings, "MOST_FILES", 3)
    for number in range(9):
        (tmp_path / str(number)).write_text("x")
    assert len(files(tmp_path)) == 3
