"""What it costs others that this plugin is installed: a thin module, and never their or our SDK."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLKIT = ROOT / "conformance" / "smcp_conformance"
HEAVY = {"hypothesis", "mcp", "mcp_types", "jsonschema", "pydantic", "rich", "httpx2", "psutil", "anyio", "smcp"}
SERVER_ONLY = {"mcp", "mcp_types", "uvicorn", "starlette", "watchfiles", "pydantic"}
FOREIGN_TEST = "def test_of_another_project():\n    assert True\n"
TELL_MODULES = """
import json, sys

def pytest_unconfigure(config):
    with open("modules.json", "w") as file:
        json.dump(sorted(sys.modules), file)
"""
EVERYTHING = """
import importlib, json, pkgutil, sys
import smcp_conformance

for module in pkgutil.walk_packages(smcp_conformance.__path__, "smcp_conformance."):
    if module.name.rpartition(".")[2] not in ("posix", "windows"):
        importlib.import_module(module.name)
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def modules_of_a_run(pytester: pytest.Pytester, *options: str) -> set[str]:
    """The modules that a pytest run of another project has imported at its end."""
    pytester.makepyfile(FOREIGN_TEST)
    pytester.makeconftest(TELL_MODULES)
    result = pytester.runpytest_subprocess(*options)
    result.assert_outcomes(passed=1)
    return set(json.loads((pytester.path / "modules.json").read_text(encoding="utf-8")))


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plugins of others stay out: Hypothesis has one, too."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


def test_a_plain_run_imports_nothing_heavy(pytester: pytest.Pytester) -> None:
    """Only the thin part of the toolkit, beside what pytest itself imports."""
    without = modules_of_a_run(pytester)
    added = modules_of_a_run(pytester, "-p", "smcp_conformance.plugin") - without
    assert "smcp_conformance.plugin" in added
    assert not {name.partition(".")[0] for name in added} & HEAVY
    ours = {name for name in added if name.startswith("smcp_conformance.")}
    assert ours <= {f"smcp_conformance.{name}" for name in ("plugin", "command_line", "revisions")}


def test_a_plain_run_is_spared_what_comes_along(pytester: pytest.Pytester) -> None:
    """Hypothesis is here because of us, and its own plugin would import all of it at the end of each run."""
    beside = ("-p", "_hypothesis_pytestplugin")
    assert "hypothesis.internal.observability" in modules_of_a_run(pytester, *beside)
    assert "hypothesis" not in modules_of_a_run(pytester, *beside, "-p", "smcp_conformance.plugin")


def test_who_uses_hypothesis_keeps_its_plugin(pytester: pytest.Pytester) -> None:
    """Its statistics are told."""
    pytester.makepyfile(
        "from hypothesis import given, settings, strategies as st\n"
        "@settings(max_examples=2, database=None)\n@given(st.booleans())\ndef test_it(drawn): pass"
    )
    options = ("-p", "_hypothesis_pytestplugin", "-p", "smcp_conformance.plugin", "--hypothesis-show-statistics")
    pytester.runpytest_subprocess(*options).stdout.fnmatch_lines(["*Hypothesis Statistics*", "*test_it:*"])


def test_the_thin_part_imports_pytest_and_the_standard_library_only(pytester: pytest.Pytester) -> None:
    """Whatever their weight: a broken third package would end every run of its environment."""
    added = modules_of_a_run(pytester, "-p", "smcp_conformance.plugin") - modules_of_a_run(pytester)
    roots = {name.partition(".")[0] for name in added}
    assert roots - set(sys.stdlib_module_names) == {"smcp_conformance"}


def test_the_toolkit_runs_without_the_sdk() -> None:
    """Every module of it can be imported, and none imports what only the server needs."""
    done = subprocess.run([sys.executable, "-c", EVERYTHING], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    imported = set(json.loads(done.stdout))
    assert {"smcp_conformance", "hypothesis", "jsonschema"} <= imported
    assert not imported & SERVER_ONLY


@pytest.mark.parametrize("module", sorted(TOOLKIT.rglob("*.py")), ids=lambda path: str(path.relative_to(TOOLKIT)))
def test_no_module_names_the_sdk_in_an_import(module: Path) -> None:
    """Not even inside a function, where importing the module doesn't show it."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    named = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    named |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not {name.partition(".")[0] for name in named} & SERVER_ONLY
