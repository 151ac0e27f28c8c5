"""Laws that authors write: what they are handed, what breaks them, and what becomes of those that can't be meant."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from smcp_conformance.cli.law_calls import BrokenLaw, brief_comparisons
from smcp_conformance.cli.record import record
from smcp_conformance.cli.runner import Plugin
from smcp_conformance.judge import Judgement
from smcp_conformance.laws import Law, law
from smcp_conformance.requirement import Verdict

from .conftest import SEEDED, Runner, Writer
from .law_samples import ANSWER, HALF, PROLOGUE, TWICE, Judged, by_name, judging

pytest_plugins = ["pytester"]


@pytest.fixture
def judged(write_plugin: Writer, run_plugins: Runner) -> Judged:
    """Run laws of the sample plugin, given as code."""
    return judging(write_plugin, run_plugins)


def verdicts(found: Mapping[str, Judgement]) -> dict[str, Verdict]:
    """The verdicts of laws, without that on the file."""
    return {name: one.verdict for name, one in found.items() if name != "laws_can_be_loaded"}


@pytest.mark.parametrize(("size", "told"), [(3, True), (5_000, False)])
def test_only_what_is_small_is_compared_in_detail(size: int, told: bool) -> None:
    """Thousands of words would take minutes, each time that a search sees a law fail."""
    left, right = ["heads"] * size, ["tails"] * size
    with pytest.raises(AssertionError) as caught, brief_comparisons():
        assert left == right
    assert "heads" in str(caught.value)
    assert ("At index 0 diff" in str(caught.value)) is told


class TestWhatALawIsHanded:
    """Commands, and values for its other parameters."""

    def test_parameters_come_from_the_contract_or_from_strategies(self, judged: Judged) -> None:
        """Hyphens are underscores; an optional one is given, too; a default stays where nothing else is known."""
        found = judged("""
@law("twice", "half", factor=st.sampled_from([3, 5]))
def takes_what_it_names(twice, half, n, of_what, factor, unit="x"):
    "Each has a value of its kind."
    assert (type(n), type(of_what), unit) == (int, int, "x")
    assert factor in (3, 5)
    assert twice(n=factor)["value"] == 2 * factor
    assert half(**{"of-what": factor}) == half(of_what=factor)
""")
        assert verdicts(found) == {"takes_what_it_names": Verdict.PASSED}
        assert found["takes_what_it_names"].text == "Each has a value of its kind."
        assert found["laws_can_be_loaded"].verdict is Verdict.PASSED

    def test_a_refusal_has_a_code(self, judged: Judged) -> None:
        """As an exception of its own, or asked for; the error may be a text or an object."""
        found = judged("""
import pytest
from smcp_conformance.laws import Refused

@law("twice")
def refusals_are_told_apart(twice):
    with pytest.raises(Refused) as caught:
        twice(n=-13_000_000)
    refusal = twice.refusal(n=-13_000_000)
    assert (refusal.code, refusal.message) == (caught.value.code, caught.value.message) == ("unlucky", "no such number")
    assert refusal.document["error"]["code"] == "unlucky"
""")
        assert verdicts(found) == {"refusals_are_told_apart": Verdict.PASSED}
        assert found["refusals_are_told_apart"].text == "Refusals are told apart."

    def test_wrong_values_reach_the_command_as_they_are(self, judged: Judged) -> None:
        """A law may be about refusals: nothing is rounded or left out on the way."""
        found = judged("""
@law("twice")
def is_called_as_told(twice):
    assert twice(n=1.5)["value"] == 3.0
    assert twice(n=2.0)["value"] == 4
""")
        assert verdicts(found) == {"is_called_as_told": Verdict.PASSED}

    def test_what_a_command_line_cannot_carry_is_left_out(self, judged: Judged) -> None:
        """A strategy may make such texts; the plugin never sees them."""
        found = judged("""
@law("say", text=st.sampled_from(["a\\0b", "fine"]))
def is_only_called_with_what_it_can_get(say, text):
    say(text=text)
    assert text == "fine"
""")
        assert verdicts(found) == {"is_only_called_with_what_it_can_get": Verdict.PASSED}


class TestBrokenLaws:
    """What breaks a law, and what is shown of it."""

    def test_a_failing_assert_shows_values_arguments_and_calls(self, judged: Judged) -> None:
        """The least arguments, what was compared, where it stands, and all calls with their ends."""
        found = judged(
            """
@law("twice")
def no_double_reaches_a_thousand(twice, n):
    "Doubles are small."
    first = twice(n=1)["value"]
    assert first + twice(n=n)["value"] < 1000
""",
            args=SEEDED,
        )["no_double_reaches_a_thousand"]
        assert found.verdict is Verdict.FAILED
        assert found.got == '(2 + 998) < 1000 for {"n": 499}'
        assert found.must_be == 'first + twice(n=n)["value"] < 1000'
        assert found.text == "Doubles are small."
        assert found.link.endswith("laws.py:4")
        assert "laws.py:8\n  assert first + twice(n=n)" in found.exchange
        assert 'arguments: {"n": 499}' in found.exchange
        assert "twice --n=1\n           exit code 0, stdout '{\"value\": 2}\\n'" in found.exchange
        assert "twice --n=499\n           exit code 0, stdout '{\"value\": 998}\\n'" in found.exchange

    @pytest.mark.parametrize(
        ("body", "got", "must_be"),
        [
            ("twice(n=-13_000_000)", "Refused: twice refused: unlucky: no such number", ""),
            ("twice.refusal(n=1)", 'exit code 0 with \'{"value": 2}\\n\' for {"n": 1}', "a refusal"),
            (
                "twice(n=-7_000_000)",
                'stdout that is empty for {"n": -7000000}',
                "exactly one strict JSON document in UTF-8",
            ),
            ("twice(n=-11_000_000)", 'exit code 0 with the error \'{"error": ', "a non-zero exit code with an error"),
            ('twice(n=1)["valu"]', "KeyError: 'valu'", ""),
            ("return twice(n=1) == 3", "False returned", "an assert: what a law returns means nothing"),
            ("assert not twice(n=1), 'it is there'", "it is there assert not", "not twice(n=1), 'it is there'"),
            ("assert twice(n=1)['value'].bit_count() == 5", "1 == 5", "twice(n=1)['value'].bit_count() == 5"),
            ("assert [twice(n=1)['value']] == [3]", "[2] == [3]", "[twice(n=1)['value']] == [3]"),
            ("if twice(n=1): raise AssertionError", "a failing assert", ""),
            ("import pytest\n    with pytest.raises(KeyError): twice(n=1)", "Failed: DID NOT RAISE KeyError", ""),
            ("twice(m=1)", "TypeError: twice has no parameter 'm'; there is n", ""),
            ("twice(n=float('nan'))", "TypeError: twice: n=nan must be something that JSON can hold", ""),
        ],
    )
    def test_it_is_said_what_broke_it(self, body: str, got: str, must_be: str, judged: Judged) -> None:
        """A refusal, a result, a breakdown of the plugin, or an error in the law itself."""
        found = judged(f"@law('twice')\ndef holds(twice):\n    {body}\n")["holds"]
        assert found.verdict is Verdict.FAILED
        assert found.got.startswith(got)
        assert "+" not in found.got
        assert found.must_be == must_be

    def test_of_many_calls_the_last_are_shown(self, judged: Judged) -> None:
        """It is said how many came before."""
        found = judged("@law('twice')\ndef holds(twice):\n    assert not [twice(n=n) for n in range(11)][3:]\n")
        assert "\n… 1 calls before these\ncall: " in found["holds"].exchange
        assert "--n=0\n" not in found["holds"].exchange
        assert "--n=10\n" in found["holds"].exchange

    def test_a_law_may_skip_itself(self, judged: Judged) -> None:
        """As a test may, with a reason."""
        found = judged("import pytest\n@law('twice')\ndef holds(twice):\n    pytest.skip('not on Sundays')\n")["holds"]
        assert found.verdict is Verdict.NOT_VERIFIED
        assert found.reason == "the law says that it is to be skipped: not on Sundays"

    def test_a_law_that_calls_nothing_is_not_verified(self, judged: Judged) -> None:
        """It saw nothing."""
        found = judged("@law('twice')\ndef holds(twice, n):\n    assert n == n\n")
        assert verdicts(found) == {"holds": Verdict.NOT_VERIFIED}

    @pytest.mark.parametrize(("inputs", "kept"), [({"n": [1]}, True), ({"n": (1,)}, False), ({"n": {1}}, False)])
    def test_arguments_that_json_cannot_hold_are_searched_for_again(
        self, inputs: dict[str, Any], kept: bool, tmp_path: Path
    ) -> None:
        """A replay file doesn't hold others than those that were found."""
        broken = BrokenLaw("this", inputs=inputs)
        assert record(Plugin("sample", tmp_path, ()), broken)["inputs"] == (inputs if kept else None)


FLAWS = {
    "@law('thrice')\ndef flawed(thrice): thrice()": ("'thrice'", "one of half, say, twice"),
    "@law('twice')\ndef flawed(twice, m): twice(n=m)": ("the parameter 'm'", "one of n, or given: @law(…, m=…)"),
    "@law('twice', m=st.just(1))\ndef flawed(twice, n): twice(n=n)": ("a strategy for 'm'", "parameter of the law: n"),
    "@law('twice', n=3)\ndef flawed(twice, n): twice(n=n)": ("n=3", "a Hypothesis strategy"),
    "@law('twice', 'half')\ndef flawed(twice): twice(n=1)": (
        "'flawed' with 1 parameters",
        "one for each command: twice, half",
    ),
    "@law('twice')\nasync def flawed(twice): twice(n=1)": ("async or yields", "nothing in it would run"),
    "@law('twice')\ndef flawed(twice):\n    yield twice(n=1)": ("async or yields", "nothing in it would run"),
    "@law('twice')\ndef flawed(twice, **more): twice(**more)": ("takes * or **", "have names"),
}


@pytest.mark.parametrize("code", FLAWS)
def test_a_law_that_cannot_be_meant_fails_alone(code: str, judged: Judged) -> None:
    """With what is wrong and what would be right; its neighbour is tried all the same."""
    found = judged(f"{code}\n\n@law('twice')\ndef fine(twice): twice(n=1)\n")
    got, must_be = FLAWS[code]
    assert verdicts(found) == {"flawed": Verdict.FAILED, "fine": Verdict.PASSED}
    assert got in found["flawed"].got
    assert must_be in found["flawed"].must_be
    assert found["flawed"].link.endswith("laws.py:3")


def test_laws_of_a_plugin_that_does_not_describe_itself_are_not_verified(
    write_plugin: Writer, run_plugins: Runner
) -> None:
    """Another check says what is wrong."""
    plugin = write_plugin("print('hello')")
    (plugin.folder / "laws.py").write_text(f"{PROLOGUE}@law('twice')\ndef holds(twice): twice(n=1)\n")
    found = by_name(run_plugins(write_plugin.shelf, chosen="plugins::sample::laws"))["holds"]
    assert found.verdict is Verdict.NOT_VERIFIED
    assert found.reason.startswith("the commands are not known (--describe: stdout that is no JSON")


def test_a_law_on_a_command_that_does_harm_needs_leave(write_plugin: Writer, run_plugins: Runner) -> None:
    """Also if only one of its commands does; the option that allows it is named."""
    harmful = {**HALF, "annotations": {"destructiveHint": True}}
    plugin = write_plugin.described(TWICE, harmful, answer=ANSWER.strip())
    code = "@law('twice', 'half')\ndef holds(twice, half): assert half(of_what=twice(n=1)['value'])['value'] == 1\n"
    (plugin.folder / "laws.py").write_text(PROLOGUE + code)
    kept = by_name(run_plugins(write_plugin.shelf, chosen="plugins::sample::laws::holds"))["holds"]
    assert kept.verdict is Verdict.NOT_VERIFIED
    assert "--smcp-allow-tools 'sample__half' lets it be called" in kept.reason
    allowed = run_plugins(write_plugin.shelf, chosen="plugins::sample::laws::holds", allow=("sample__h*",))
    assert by_name(allowed)["holds"].verdict is Verdict.PASSED


def test_the_decorator_keeps_what_it_was_told() -> None:
    """Outside a run, too; without a docstring the name speaks."""

    @law("one", "two")
    def both_agree(one: Any, two: Any) -> None: ...

    assert isinstance(both_agree, Law)
    assert (both_agree.name, both_agree.commands, both_agree.text) == ("both_agree", ("one", "two"), "Both agree.")
    assert both_agree.place.startswith(f"{Path(__file__)}:")
