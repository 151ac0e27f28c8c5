"""The sequences of a leg as a pytest item: its id, what a failure shows, and how it is repeated."""

from __future__ import annotations

import json
import shlex

import pytest
from mutants import command as fixture
from mutants.sequences import command, load

LEG = "seq::stdio-2026-07-28"
ITEM = f"{LEG}::generated/sequences::requests_in_any_order_are_served"
FAULTY = command(load()["listen-again-kills"])
ON = ("--smcp-only", "--smcp-revisions", "2026-07-28", "--smcp-allow-tools", "*")


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """The project's pytest doesn't hear of the options of this one."""
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)


def run(pytester: pytest.Pytester, words: list[str], *args: str) -> pytest.RunResult:
    """Run pytest on a server called `seq`."""
    return pytester.runpytest_subprocess(*ON, "--smcp-server", f"seq={shlex.join(words)}", *args)


def test_there_is_one_item_after_the_checks_and_before_the_monitors(pytester: pytest.Pytester) -> None:
    """Collecting it costs no import of Hypothesis."""
    pytester.makeconftest(
        """
        import sys

        def pytest_collection_finish():
            assert "hypothesis" not in sys.modules
        """
    )
    result = run(pytester, fixture(), "--collect-only", "-q")
    ids = [line for line in result.outlines if line.startswith("seq::")]
    assert ids.count(ITEM) == 1
    (check,) = (id for id in ids if id.endswith("::every_request_is_answered_once"))
    (monitor,) = (id for id in ids if id.endswith("::every_result_fits_its_type"))
    assert ids.index(check) < ids.index(ITEM) < ids.index(monitor)


def test_a_failure_shows_a_script_and_a_replay_repeats_just_that(pytester: pytest.Pytester) -> None:
    """Neither shows anything of Hypothesis'; the replay file holds the steps, and no search is made of them."""
    result = run(pytester, FAULTY, ITEM, "--hypothesis-seed=1")
    script = ["*1. listen", "*2. hang up", "*3. listen"]  # how it ended then is noticed now by one sign, now another
    result.stdout.fnmatch_lines([*script, "*MUST jsonrpc.response.exactly-one: *", f"*replay: *--smcp-replay {ITEM}"])
    result.stdout.no_fnmatch_line("*alsifying*")
    result.stdout.no_fnmatch_line("*state.*")
    (file,) = (pytester.path / ".smcp" / "replays").iterdir()
    kept = json.loads(file.read_text("utf-8"))
    assert [step["action"] for step in kept["inputs"]["steps"]] == ["listen", "hang up", "listen"]

    again = run(pytester, FAULTY, "--smcp-replay", str(file))
    again.stdout.fnmatch_lines(["*failed again*", *script])
    assert again.ret == 1

    healthy = run(pytester, fixture(), "--smcp-replay", str(file))
    healthy.stdout.fnmatch_lines(["*passed now*"])
    assert healthy.ret == 0


def test_recorded_steps_that_no_client_takes_are_said_to_be_so(pytester: pytest.Pytester) -> None:
    """That is no verdict on the server."""
    run(pytester, FAULTY, ITEM, "--hypothesis-seed=1")
    (file,) = (pytester.path / ".smcp" / "replays").iterdir()
    kept = json.loads(file.read_text("utf-8"))
    kept["inputs"]["steps"][0]["action"] = "dance"
    file.write_text(json.dumps(kept), "utf-8")
    result = run(pytester, FAULTY, "--smcp-replay", str(file), "-rs")
    result.stdout.fnmatch_lines(["*dance*none that a client takes*"])
