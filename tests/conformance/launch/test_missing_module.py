"""`No module named X`: the user reads which interpreter lacks X, whether pytest's has it, and what would help."""

import importlib
import re
import sys
from pathlib import Path

import pytest
from launching import Launch, command, posix, story


def test_wrong_interpreter_is_told_from_the_one_that_has_the_module(
    launch: Launch, other_python: str, tmp_path: Path
) -> None:
    """The commonest failure: `pytest` runs in the environment that holds the server's module, the server not."""
    (tmp_path / "server.py").write_text("import psutil\n")
    shown = story(launch(command(other_python, "server.py", cwd=tmp_path)))
    assert shown.startswith(
        "the server exited with status 1 before answering\n"
        f"  command: {other_python} server.py\n"
        f"  program: {other_python} (a path from {tmp_path})\n"
        f"  cwd: {tmp_path}\n"
    )
    assert "    | ModuleNotFoundError: No module named 'psutil'\n" in shown
    assert (
        f"hint: 'psutil' is missing in {other_python}; the interpreter that runs pytest ({sys.executable}) has it, "
        "so start the server with that:\n    {python} server.py\n  or install:\n    "
    ) in shown
    assert re.search(rf"{re.escape(other_python)}.* install .*psutil|uv pip install --python .* psutil", shown)


def test_a_module_that_nobody_has_is_to_be_installed(launch: Launch, other_python: str) -> None:
    shown = story(launch(command(other_python, "-m", "shop_server.cli")))
    assert f"'shop_server' is missing in {other_python}; the interpreter that runs pytest" in shown
    assert "doesn't have it either. To install it:\n" in shown
    assert shown.rstrip().endswith("shop_server")


def test_our_own_interpreter_may_lack_it(launch: Launch) -> None:
    shown = story(launch(command("python", "-c", "import shop.sub")))
    assert f"'shop' is missing in {sys.executable}, which is the interpreter that runs pytest. To install" in shown


def test_pytest_may_find_it_where_the_server_does_not_look(
    launch: Launch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The `pythonpath` setting and conftest files reach pytest only."""
    (tmp_path / "lonely_shop.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    shown = story(launch(command("python", "-c", "import lonely_shop")))
    assert f"pytest itself finds it in {tmp_path}: set the server's cwd or PYTHONPATH to that folder" in shown


@posix
def test_a_script_names_its_interpreter(launch: Launch, other_python: str, tmp_path: Path) -> None:
    script = tmp_path / "server"
    script.write_text(f"#!{other_python}\nimport psutil\n")
    script.chmod(0o755)
    shown = story(launch(command("./server", cwd=tmp_path)))
    assert f"  interpreter: {other_python}\n" in shown
    assert f"'psutil' is missing in {other_python}; the interpreter that runs pytest" in shown
    assert "{python}" not in shown


@posix
def test_an_interpreter_that_is_not_known_is_not_guessed(launch: Launch) -> None:
    code = "echo \"ModuleNotFoundError: No module named 'psutil'\" >&2; exit 1"
    shown = story(launch(command("/bin/sh", "-c", code)))
    assert "'psutil' is missing in the Python that /bin/sh runs; the interpreter that runs pytest" in shown


def test_a_name_that_cannot_be_looked_up_is_no_module(launch: Launch) -> None:
    shown = story(launch(command("python", "-c", "raise SystemExit('No module named .shop')")))
    assert "'.shop' is missing in" in shown


def test_the_tool_that_an_environment_has_is_named(
    launch: Launch, other_python: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = launch(command(other_python, "-c", "import shop"))
    monkeypatch.setattr("shutil.which", lambda name: "/bin/uv" if name == "uv" else None)
    assert f"    uv pip install --python {other_python} shop" in story(process)
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert f"    {other_python} -m pip install shop" in story(process)
