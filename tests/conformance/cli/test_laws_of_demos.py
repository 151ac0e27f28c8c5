"""The demo plugins' laws: each is broken by a demo plugin with one fault, and kept by the one that ships."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import Phase
from mutants import plugins as mutants

from smcp_conformance.requirement import Verdict

from .conftest import SEEDED, Runner

pytest_plugins = ["pytester"]
DEMOS = Path(__file__).parents[3] / "plugins"

MATH = {
    "division_by_zero_has_its_code": ('"division_by_zero"', '"math_error"'),
    "division_undoes_multiplication": ("operator.truediv", "operator.floordiv"),
    "addition_commutes": ("operator.add", "lambda a, b: a + int(b)"),
    "subtraction_is_addition_of_the_negative": ("operator.sub", "lambda a, b: b - a"),
    "written_size_is_the_size_but_for_rounding": ("(size * 20 + step) // (2 * step)", "size * 10 // step"),
    "sides_are_counted": ('"heads": results.count("heads")', '"heads": flips // 2'),
    "same_seed_gives_the_same_sides": ("random.Random(seed)", "random.Random()"),
}
TEXT = {
    "slug_has_only_lower_case_letters_digits_and_hyphens": ('{"slug": re.sub', '{"slug": "/" + re.sub'),
    "slug_has_no_hyphen_at_its_edges": ('.strip("-")', ""),
    "slug_of_a_slug_is_itself": ('{"slug": re.sub', '{"slug": "s" + re.sub'),
    "words_add_up_over_joined_texts": ("len(text.split())", "max(1, len(text.split()))"),
    "echo_gives_back_the_message": ('{"message": message}', '{"message": message.encode("ascii", "ignore").decode()}'),
    "preview_is_the_beginning_of_the_hash": ("text.encode()", "text.encode('utf-8-sig')"),
    "capitals_sound_like_small_letters": ("text.upper().split()", "(text.upper() + 'E' * text.islower()).split()"),
    "words_are_coded_one_by_one": ('code = " / ".join(', 'code = ". " + " / ".join('),
}
FAULTS = {**{("demo_math", law): fault for law, fault in MATH.items()}}
FAULTS |= {("demo_text", law): fault for law, fault in TEXT.items()}
"""What is put in place of what in a demo plugin, by plugin and the law that this breaks.

Each shows in most calls: what Hypothesis tries depends on what else this process has imported.
"""


@pytest.fixture(autouse=True)
def no_shrinking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Verdicts are what matters here."""
    monkeypatch.setattr("smcp_conformance.search.examples.PHASES", (Phase.explicit, Phase.generate))


def laws_of(demo: str, run_plugins: Runner, shelf: Path) -> set[str]:
    """The names of a demo plugin's laws."""
    shutil.copytree(DEMOS / demo, shelf / demo)
    ids = run_plugins(shelf, args=("--collect-only", "-q"), chosen=f"plugins::{demo}::laws").judgements
    return {id.rpartition("::")[2] for id in ids}


@pytest.mark.parametrize(("demo", "law"), FAULTS, ids=[law for _, law in FAULTS])
def test_a_law_is_broken_by_the_fault_meant_for_it(demo: str, law: str, run_plugins: Runner, shelf: Path) -> None:
    """Within the tries that users get."""
    shutil.copytree(DEMOS / demo, shelf / demo)
    cli = shelf / demo / "cli.py"
    sound, faulty = FAULTS[demo, law]
    source = cli.read_text(encoding="utf-8")
    assert sound in source
    cli.write_text(source.replace(sound, faulty), encoding="utf-8")
    outcome = run_plugins(shelf, args=(*SEEDED, "-k", law))
    assert outcome.broken == {law}


@pytest.mark.parametrize("demo", ["demo_math", "demo_text"])
def test_the_demo_plugin_keeps_its_laws(demo: str, run_plugins: Runner, shelf: Path) -> None:
    """All of them, and each was looked at."""
    shutil.copytree(DEMOS / demo, shelf / demo)
    outcome = run_plugins(shelf, chosen=f"plugins::{demo}::laws")
    assert {one.verdict for one in outcome.judgements.values() if one is not None} == {Verdict.PASSED}
    assert None not in outcome.judgements.values()


@pytest.mark.parametrize("demo", ["demo_math", "demo_text"])
def test_every_law_has_a_fault(demo: str, run_plugins: Runner, shelf: Path) -> None:
    """No law that could not be broken."""
    assert laws_of(demo, run_plugins, shelf) - {"laws_can_be_loaded"} == {law for name, law in FAULTS if name == demo}


@pytest.mark.parametrize(("name", "fault"), mutants.DEMO_FAULTS, ids=[fault for _, fault in mutants.DEMO_FAULTS])
def test_a_plugin_of_another_build_is_held_to_the_laws(name: str, fault: str, run_plugins: Runner, shelf: Path) -> None:
    """Laws go by what a plugin does: they are put beside a faulty one by the same name."""
    folder = shelf / name
    folder.mkdir()
    (folder / "cli.py").symlink_to(mutants.FOLDER / fault / "cli.py")
    (folder / "laws.py").symlink_to(DEMOS / name / "laws.py")
    meant = mutants.DEMO_FAULTS[name, fault]
    outcome = run_plugins(shelf, args=(*SEEDED, "-k", " or ".join(meant)))
    assert outcome.broken == set(meant)
