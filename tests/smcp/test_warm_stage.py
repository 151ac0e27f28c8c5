"""The pieces of which a fork server makes its children, one by one and in this process."""

from __future__ import annotations

import io
import os
import sys
import threading
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from smcp.runner import stage, suitability

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="fork servers are POSIX")


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> stage.Plugin:
    """A plugin that was read and compiled; nothing of it is left in this process's exit."""
    monkeypatch.setattr("atexit.register", lambda *_: None)
    file = tmp_path / "cli.py"
    file.write_text("print(1)\n", encoding="utf-8")
    return stage.Plugin(str(file), dict(globals()), frozenset(sys.modules))


@pytest.mark.parametrize(
    ("code", "status"),
    [(None, 0), (0, 0), (3, 3), (256, 0), (-1, 255), (True, None), ("text", None), (1.5, None), (1 << 40, None)],
)
def test_only_plain_exit_codes_are_foretold(made: stage.Plugin, code: object, status: int | None) -> None:
    """The interpreter has words for all others."""
    made.exits(code)
    assert made.exit_code == status


def test_variables_that_are_asked_for_are_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    """One by one or all; afterwards nothing is noted any more."""
    monkeypatch.setenv("SMCP_HERE", "1")
    with stage.Reads() as reads:
        assert os.environ["SMCP_HERE"] == "1"
        assert os.getenv("SMCP_ABSENT") is None
        assert "SMCP_ASKED" not in os.environ
    os.getenv("SMCP_LATER")
    assert reads.names == {"SMCP_HERE", "SMCP_ABSENT", "SMCP_ASKED"}
    with stage.Reads() as reads:
        everything = dict(os.environ)
    assert reads.names == set(everything)


def test_a_second_thread_is_refused() -> None:
    """A fork would lose it."""
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        with pytest.raises(suitability.Refused, match="start threads"):
            suitability.check_threads()
        assert not stage.plain_end()
    finally:
        done.set()
        thread.join()


@pytest.mark.parametrize("text", ["x = = 1", "'\\d'", "x = '\0'"])
def test_what_the_compiler_speaks_about_is_refused(tmp_path: Path, text: str) -> None:
    """Each cold start would show it."""
    file = tmp_path / "cli.py"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(suitability.Refused, match="can't be compiled in silence"):
        suitability.compiled(str(file))


def test_a_file_that_is_gone_is_refused(tmp_path: Path) -> None:
    """By the same words."""
    with pytest.raises(suitability.Refused, match="can't be compiled in silence"):
        suitability.compiled(str(tmp_path / "cli.py"))


@pytest.mark.parametrize(
    ("origin", "is_installed"),
    [
        ("built-in", True),
        ("frozen", True),
        (str(Path(os.__file__).with_name("json") / "__init__.py"), True),
        (pytest.__file__, True),
        (str(Path(os.__file__).parent) + "_of_mine/json.py", False),
        (stage.__file__, False),
    ],
)
def test_only_the_library_and_packages_are_installed(origin: str, is_installed: bool) -> None:
    """Everything else may be somebody's work."""
    assert stage.installed(origin) is is_installed


def test_modules_say_where_they_are_from() -> None:
    """If they say it at all."""
    nameless = ModuleType("nameless")
    assert (stage.origin_of(pytest), stage.origin_of(sys)) == (pytest.__file__, "built-in")
    assert (stage.origin_of(nameless), stage.origin_of(object())) == (None, None)


def test_a_module_that_cannot_be_imported_out_of_turn_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it raises."""
    (tmp_path / "smcp_breaks.py").write_text("raise LookupError", encoding="utf-8")
    (tmp_path / "smcp_works.py").write_text("", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    stage.imported("smcp_breaks")
    stage.imported("smcp_works")
    assert "smcp_breaks" not in sys.modules
    assert sys.modules.pop("smcp_works")


def test_names_that_were_added_are_let_go() -> None:
    """Those from before stay, and so do the builtins."""
    module: Any = ModuleType("module")
    before = len(vars(module))
    module.added, module.__builtins__ = [1], {}
    stage.cleared(module, before)
    assert (module.added, module.__builtins__, module.__name__) == (None, {}, "module")
    stage.cleared(None, 0)


def test_a_stream_that_fails_to_flush_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A closed one is none of our business."""

    class Full(io.StringIO):
        def flush(self) -> None:
            raise OSError("full")

    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    for stream, flushes in ((io.StringIO(), True), (closed, True), (Full(), False)):
        monkeypatch.setattr(sys, "stdout", stream)
        assert stage.flushed() is flushes


@pytest.mark.parametrize("direct", [False, True])
def test_streams_are_opened_as_the_interpreter_does(direct: bool, tmp_path: Path) -> None:
    """By name, mode, encoding and buffering."""
    like = io.TextIOWrapper(io.BytesIO(), "latin-1", "strict")
    with (tmp_path / "out").open("wb") as out:
        text = stage.opened(out.fileno(), "<stdout>", "w", like, direct)
        text.write("ä")
        assert (tmp_path / "out").read_bytes() == (b"\xe4" if direct else b"")
        text.flush()
        assert (tmp_path / "out").read_bytes() == b"\xe4"
        assert (text.name, text.mode, text.encoding, text.errors) == ("<stdout>", "w", "latin-1", "strict")
        assert (text.write_through, text.line_buffering) == (direct, False)
