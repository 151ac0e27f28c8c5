"""Where smcp logs, how much of it, and what never stands there."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from smcp_clients import TIMEOUT, Pipe, Web, call, hello

from smcp import logs
from smcp.settings import Settings


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """pytest's own handlers come back after a test that set up logging."""
    root, own = logging.getLogger(), logging.getLogger("smcp")
    kept, level, own_level = root.handlers[:], root.level, own.level
    root.handlers = []
    yield
    logging.captureWarnings(False)
    for handler in root.handlers:
        handler.close()
    root.handlers, root.level = kept, level
    own.setLevel(own_level)


def test_over_http_the_console_shows_information(capsys: pytest.CaptureFixture[str]) -> None:
    """On stderr; of other packages only warnings, for they quote what clients say."""
    logs.configure(Settings(transport="http"))
    logging.getLogger("smcp.x").info("told")
    logging.getLogger("smcp.x").debug("untold")
    logging.getLogger("mcp.server").info("untold")
    logging.getLogger("mcp.server").warning("worse")
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", "smcp: INFO told\nsmcp: WARNING worse\n")


def test_over_stdio_the_console_shows_warnings(capsys: pytest.CaptureFixture[str]) -> None:
    """Python's own among them, and nothing goes to stdout."""
    logs.configure(Settings(transport="stdio"))
    logging.getLogger("smcp.x").info("untold")
    logging.getLogger("smcp.x").warning("told")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(True)
        warnings.warn("odd", stacklevel=1)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("smcp: WARNING told\nsmcp: WARNING ")
    assert "odd" in shown.err


def test_the_file_holds_more_and_is_rotated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """DEBUG of this package, in at most six files of at most ten megabytes, with time, level and origin."""
    assert (logs.MAX_BYTES, logs.BACKUPS) == (10 * 1024 * 1024, 5)
    monkeypatch.setattr(logs, "MAX_BYTES", 1000)
    folder = tmp_path / "a" / "b"
    logs.configure(Settings(transport="stdio", log_directory=folder))
    for number in range(200):
        logging.getLogger("smcp.x").debug("number %d \ud800", number)
        logging.getLogger("mcp.server").info("untold")
    files = sorted(path.name for path in folder.iterdir())
    assert files == [logs.FILE, *(f"{logs.FILE}.{number}" for number in range(1, 6))]
    assert all(path.stat().st_size <= 1000 for path in folder.iterdir())
    last = (folder / logs.FILE).read_text(encoding="utf-8").splitlines()[-1]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}Z DEBUG smcp\.x: number 199 \?", last)


def test_keys_and_sessions_are_masked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Wherever they stand in a record, tracebacks too; a key that is part of another doesn't uncover the rest."""
    logs.configure(Settings(keys=("k(1", "k(1-longer"), log_directory=tmp_path))
    try:
        raise ValueError("k(1-longer")
    except ValueError:
        logging.getLogger("smcp").exception("of %s in %s", "k(1", "0123456789abcdef0123456789ABCDEF")
    for text in (capsys.readouterr().err, (tmp_path / logs.FILE).read_text(encoding="utf-8")):
        assert "of *** in ***" in text
        assert "ValueError: ***\n" in text


def test_without_a_folder_no_file_is_written(tmp_path: Path) -> None:
    """Not where it was started either."""
    command = [sys.executable, "-m", "smcp", "--transport", "stdio"]
    done = subprocess.run(command, input=b"", cwd=tmp_path, capture_output=True, timeout=TIMEOUT, check=True)
    assert (done.stdout, list(tmp_path.iterdir())) == (b"", [])


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    """With the variable's name, and exit code 2."""
    (tmp_path / "file").touch()
    environ = {**os.environ, "MCP_LOG_DIR": str(tmp_path / "file")}
    command = [sys.executable, "-m", "smcp", "--transport", "stdio"]
    done = subprocess.run(command, input=b"", env=environ, capture_output=True, timeout=TIMEOUT, check=False)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"MCP_LOG_DIR: can't write to" in done.stderr


def test_arguments_are_not_logged(odd_plugins: Path) -> None:
    """On neither console, whatever becomes of the call; who is turned away is told over HTTP."""
    pipe = Pipe("--plugins-dir", str(odd_plugins)).listen().open("2025-11-25")
    for tool, argument in (("odd__argv", "text"), ("odd__nap", "seconds"), ("odd__none", "x"), ("odd__plain", "x")):
        pipe.ask(call(1, tool, {argument: "canary"}))
    pipe.close_stdin()
    assert pipe.wait() == 0
    told = pipe.stderr()
    pipe.stop()
    web = Web("--plugins-dir", str(odd_plugins), environ={"MCP_API_KEY": "canary-key"})
    web.ask(call(1, "odd__argv", {"text": "canary"}), web.open())
    assert web.post(hello(), {"authorization": "Bearer canary"}).status_code == 401
    web.stop()
    told += web.stderr()
    assert "canary" not in told
    assert "smcp: INFO POST '/mcp' refused with status 401\n" in told
