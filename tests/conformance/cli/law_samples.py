"""A plugin to hold to laws, and what is the same in all tests of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from smcp_conformance.judge import Judgement

from .conftest import Outcome, Runner, Writer

Judged = Callable[..., dict[str, Judgement]]
N = {"name": "n", "type": "integer", "required": True}
TWICE = {"name": "twice", "description": "", "parameters": [N]}
HALF = {"name": "half", "description": "", "parameters": [{**N, "name": "of-what", "required": False}]}
SAY = {"name": "say", "description": "", "parameters": [{"name": "text", "type": "string", "required": True}]}
ANSWER = """
    value = json.loads(sys.argv[2].partition('=')[2]) if sys.argv[1] != 'say' else len(sys.argv[2])
    if value == -13_000_000:
        print(json.dumps({'error': {'code': 'unlucky', 'message': 'no such number'}}))
        sys.exit(1)
    if value == -11_000_000:
        sys.exit(print(json.dumps({'error': 'exit code'})))
    if value == -7_000_000:
        sys.exit('no JSON')
    print(json.dumps({'value': value * 2 if sys.argv[1] == 'twice' else value // 2}))
"""
PROLOGUE = "from hypothesis import strategies as st\nfrom smcp_conformance.laws import law\n"


def by_name(outcome: Outcome) -> dict[str, Judgement]:
    """The judgements that there are, by the last part of the id."""
    return {id.rpartition("::")[2]: one for id, one in outcome.judgements.items() if one is not None}


def judging(write_plugin: Writer, run_plugins: Runner) -> Judged:
    """Write the plugin; return a function that runs it with the laws it is given: the judgements by the law's name."""
    plugin = write_plugin.described(TWICE, HALF, SAY, answer=ANSWER.strip())

    def run(code: str, **more: Any) -> dict[str, Judgement]:
        (plugin.folder / "laws.py").write_text(PROLOGUE + code, encoding="utf-8")
        outcome = run_plugins(write_plugin.shelf, chosen="plugins::sample::laws", **more)
        return by_name(outcome)

    return run
