"""Searches are Hypothesis tests with seeds and a memory of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.database import InMemoryExampleDatabase

from smcp_conformance.search import examples
from smcp_conformance.search.examples import Body, derived_seed, entitled, repeating, search_settings, searching

INPUTS = st.integers(0, 10**6)


@pytest.fixture
def remembering() -> Iterator[None]:
    """A profile with an empty database, whatever the user's or the CI's is."""
    settings.register_profile("remembering", database=InMemoryExampleDatabase(), derandomize=False)
    settings.load_profile("remembering")
    yield
    settings.load_profile("default")


def noting(seen: list[int], most: int = 10**6) -> Body:
    """A body that notes its inputs and raises above `most`."""

    def body(number: int) -> None:
        seen.append(number)
        assert number <= most

    return entitled(body, "a-name: with [signs]", "What it does.")


@pytest.mark.usefixtures("remembering")
def test_the_same_seed_tries_the_same_and_each_item_something_else() -> None:
    """So that a run can be repeated, and a hundred items don't all try the same."""

    def tried(owner: str, cli_seed: str) -> list[int]:
        seen: list[int] = []
        searching(noting(seen), INPUTS, owner, 12, cli_seed=cli_seed)()
        return seen

    assert tried("one", "7") == tried("one", "7")
    assert tried("one", "7") != tried("two", "7")
    assert tried("one", "7") != tried("one", "8")
    assert len(tried("one", "7")) == 12
    assert derived_seed("7", "one") == derived_seed("7", "one") != derived_seed("7", "two")


@pytest.mark.usefixtures("remembering")
def test_a_failure_is_shrunk_and_tried_first_the_next_time_by_its_owner_only() -> None:
    """What one item found, its passing neighbour must not throw away."""
    first: list[int] = []
    with pytest.raises(AssertionError):
        searching(noting(first, 1000), INPUTS, "one", 200)()
    assert first[-1] == 1001

    searching(noting([]), INPUTS, "two", 5)()
    again: list[int] = []
    with pytest.raises(AssertionError):
        searching(noting(again, 1000), INPUTS, "one", 200)()
    assert again[0] == 1001
    seeded: list[int] = []
    with pytest.raises(AssertionError):
        searching(noting(seeded, 1000), INPUTS, "one", 200, cli_seed="3")()
    assert seeded[0] != 1001, "a run with a seed of its own must not depend on earlier ones"


@pytest.mark.usefixtures("remembering")
def test_without_shrinking_the_first_failure_is_the_last_input_but_its_repetition() -> None:
    """A failure that is known before needs no smaller input."""
    seen: list[int] = []
    with pytest.raises(AssertionError):
        searching(noting(seen, 1000), INPUTS, "one", 200, cli_seed="1", shrink=False)()
    assert len({number for number in seen if number > 1000}) == 1
    assert Phase.shrink not in search_settings("one", 5, shrink=False).phases
    assert Phase.explain not in search_settings("one", 5).phases


def test_a_repetition_draws_nothing() -> None:
    """The recorded input is all there is."""
    seen: list[int] = []
    repeating(noting(seen), INPUTS, 123456)()
    assert seen == [123456]


def test_no_database_is_made_where_the_profile_has_none() -> None:
    """CI remembers nothing."""
    settings.register_profile("forgetful", database=None)
    settings.load_profile("forgetful")
    try:
        assert search_settings("one", 5).database is None
    finally:
        settings.load_profile("default")


def test_a_name_becomes_an_identifier() -> None:
    """Hypothesis refuses others."""
    assert noting([]).__name__ == "a_name__with__signs_"
    assert examples.PHASES[-1] is Phase.shrink
