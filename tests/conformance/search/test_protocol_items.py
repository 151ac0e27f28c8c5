"""The checks with generated values in a run: what fails is shown by its value, and repeated without a search."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
from mutants.protocol_values import command, load
from value_inquiries import CHECKS, inquired_all

from smcp_conformance.requirement import Verdict
from smcp_conformance.revisions import HANDSHAKE_REVISIONS, REVISIONS

pytest_plugins = ["pytester"]
FAULT = load()["id-of-32-bits"]
ITEM = f"broken::stdio-2025-11-25::generated/protocol::{FAULT.check}"
LEGS = [
    *(("stdio", revision) for revision in REVISIONS),
    *(("http", revision) for revision in REVISIONS[1:]),
    ("sse", HANDSHAKE_REVISIONS[0]),
]


def run(pytester: pytest.Pytester, *args: str) -> pytest.RunResult:
    """A run on a server whose integer ids have 32 bits."""
    server = f"broken={shlex.join(command(FAULT))}"
    return pytester.runpytest_subprocess(
        "--smcp-conformance", "--smcp-only", "--smcp-server", server, "--hypothesis-seed=1", "-p", "no:xdist", *args
    )


def test_a_violation_is_shown_by_the_value_and_repeated_by_it_alone(pytester: pytest.Pytester) -> None:
    """The smallest one stands in the report and in the replay file, which tries no other."""
    first = run(pytester, ITEM)
    assert first.ret == 1
    first.stdout.fnmatch_lines(
        [
            "*expected: *2147483648",
            "*actual: *the id -2147483648 (with 2147483648)",
        ]
    )
    assert "Falsifying example" not in first.stdout.str()
    again = run(pytester, "--smcp-replay", ITEM)
    assert again.ret == 1
    (file,) = Path(pytester.path).rglob("*any_id_comes_back*.json")
    assert json.loads(file.read_text())["inputs"] == {"value": FAULT.minimal}


def test_what_stands_in_the_way_of_a_search_is_the_reason_why_nothing_was_verified(pytester: pytest.Pytester) -> None:
    """The only tool that reports progress may not be called here."""
    name = "progress_carries_the_token_of_its_request"
    result = run(pytester, ITEM.replace(FAULT.check, name))
    result.stdout.fnmatch_lines(["*no tool that may be called, and is answered soon, reports progress*"])
    result.stdout.fnmatch_lines(["*= 1 not verified in *"])


def test_ids_are_collected_once_each_and_without_generating_anything(pytester: pytest.Pytester) -> None:
    """Every check that concerns the leg has one item; what the server doesn't declare has none."""
    result = run(pytester, "--collect-only", "-q", "-k", "generated/protocol")
    ids = [line for line in result.outlines if "generated/protocol::" in line]
    assert len(ids) == len(set(ids)) > 20
    assert ITEM in ids


@pytest.mark.parametrize(("transport", "revision"), LEGS)
def test_a_conforming_server_is_accused_of_nothing(transport: str, revision: str) -> None:
    """Nothing fails or warns, and all that applies finds its subject."""
    verdicts = inquired_all(transport, revision)
    assert len(verdicts) > 15
    assert {name for name, verdict in verdicts.items() if verdict is not Verdict.PASSED} == set()


def test_every_check_applies_somewhere() -> None:
    """There is a leg of the fixture server for each."""
    assert set(CHECKS) == {name for leg in LEGS for name in inquired_all(*leg)}
