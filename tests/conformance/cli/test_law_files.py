"""Where laws stand: files that can't be loaded, that bring nothing, and that have neighbours."""

from __future__ import annotations

import sys

import pytest

from smcp_conformance.cli.law_file import PRIVATE
from smcp_conformance.requirement import Verdict

from .conftest import Runner, Writer
from .law_samples import ANSWER, PROLOGUE, TWICE, Judged, by_name, judging

pytest_plugins = ["pytester"]


@pytest.fixture
def judged(write_plugin: Writer, run_plugins: Runner) -> Judged:
    """Run laws of the sample plugin, given as code."""
    return judging(write_plugin, run_plugins)


@pytest.mark.parametrize(
    ("code", "got"),
    [
        (
            "import no_such_module_of_anyone",
            "ModuleNotFoundError: No module named 'no_such_module_of_anyone' (line 1)",
        ),
        ("x = 1\ndef broken(:", "SyntaxError: "),
        ("\nraise SystemExit(3)", "SystemExit: 3 (line 2)"),
        (
            "from smcp_conformance.laws import law\n@law\ndef f(x): ...",
            "TypeError: law must be given the name of a",
        ),
        (
            "from smcp_conformance.laws import law\n@law('a')\ndef f(a): ...\n@law('a')\ndef f(a): ...",
            "TypeError: law 'f' is defined twice; the first would be lost",
        ),
    ],
)
def test_one_that_cannot_be_loaded_fails_and_others_are_tested(
    code: str, got: str, write_plugin: Writer, run_plugins: Runner
) -> None:
    """The plugin's other pages, and other plugins' laws."""
    for name in ("bad", "good"):
        write_plugin.described(TWICE, name=name, answer=ANSWER.strip())
    (write_plugin.shelf / "bad" / "laws.py").write_text(code)
    (write_plugin.shelf / "good" / "laws.py").write_text(f"{PROLOGUE}@law('twice')\ndef fine(twice): twice(n=1)\n")
    outcome = run_plugins(write_plugin.shelf, args=("-k", "laws or describe_exits_0"))
    (broken,) = [one for one in outcome.judgements.values() if one is not None and one.verdict is Verdict.FAILED]
    assert (broken.check, broken.link) == (
        "plugins/laws::laws_can_be_loaded",
        str(write_plugin.shelf / "bad" / "laws.py"),
    )
    assert broken.got.startswith(got)
    assert "importlib" not in broken.exchange
    assert got.partition(":")[0] in broken.exchange
    assert by_name(outcome)["fine"].verdict is Verdict.PASSED
    assert len([one for one in outcome.judgements.values() if one is not None]) == 5


def test_one_that_is_no_file_fails(write_plugin: Writer, run_plugins: Runner) -> None:
    """A link to nowhere is no plugin without laws."""
    plugin = write_plugin.described(TWICE, answer=ANSWER.strip())
    (plugin.folder / "laws.py").symlink_to("nowhere")
    outcome = run_plugins(write_plugin.shelf, chosen="plugins::sample::laws")
    assert "is no file that can be read" in by_name(outcome)["laws_can_be_loaded"].got


def test_a_plugin_without_one_has_no_such_page(write_plugin: Writer, run_plugins: Runner) -> None:
    """Laws are for those who want them."""
    write_plugin.described(TWICE)
    outcome = run_plugins(write_plugin.shelf, args=("--collect-only",))
    assert not [id for id in outcome.judgements if "::laws::" in id]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import pytest\npytest.importorskip('no_such_module_of_anyone')", "laws.py says that it is to be skipped"),
        ("x = 1", "laws.py holds no law; @law('COMMAND') makes one of a function"),
    ],
)
def test_one_that_brings_nothing_is_not_verified(code: str, reason: str, judged: Judged) -> None:
    """And says why."""
    found = judged(code)["laws_can_be_loaded"]
    assert found.verdict is Verdict.NOT_VERIFIED
    assert found.reason.startswith(reason)


def test_neighbours_can_be_imported_and_are_then_forgotten(write_plugin: Writer, run_plugins: Runner) -> None:
    """Each plugin gets its own file of a name; nothing of it stays importable."""
    for name, number in (("one", 1), ("two", 2)):
        plugin = write_plugin.described(TWICE, name=name, answer=ANSWER.strip())
        (plugin.folder / "neighbour.py").write_text(f"NUMBER = {number}\n")
        holds = f"@law('twice')\ndef holds(twice): assert twice(n=1)['value'] == 2 and NUMBER == {number}\n"
        (plugin.folder / "laws.py").write_text(f"{PROLOGUE}from neighbour import NUMBER\n{holds}")
    path = list(sys.path)
    outcome = run_plugins(write_plugin.shelf, args=("-k", "laws"))
    assert {one.verdict for one in outcome.judgements.values() if one is not None} == {Verdict.PASSED}
    assert sys.path == path
    assert "neighbour" not in sys.modules
    assert "laws" not in sys.modules


def test_it_is_loaded_under_a_private_name_by_pytests_own_process(
    write_plugin: Writer, run_plugins: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once, and not as a test module, whatever the patterns of test files say."""
    plugin = write_plugin.described(TWICE, answer=ANSWER.strip())
    log: list[str] = []
    monkeypatch.setattr(sys, "law_log", log, raising=False)
    code = "import sys\nsys.law_log.append(__name__)\n@law('twice')\ndef holds(twice): twice(n=1)\n"
    (plugin.folder / "laws.py").write_text(PROLOGUE + code)
    outcome = run_plugins(write_plugin.shelf, args=("-k", "holds", "-o", "python_files=*.py"))
    assert log == [f"{PRIVATE}.sample.laws"]
    outcome.result.assert_outcomes(passed=1, deselected=len(outcome.judgements) - 1)
