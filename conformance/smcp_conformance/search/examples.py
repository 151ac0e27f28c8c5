"""Searches as Hypothesis tests: their settings, their seeds, and whose failures they remember."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, example, given, seed, settings
from hypothesis.database import ExampleDatabase
from hypothesis.errors import Flaky
from hypothesis.strategies import SearchStrategy

PHASES = (Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink)
"""What Hypothesis does: all it can but explain, which would cost many more calls."""

Body = Callable[[Any], None]
Found = TypeVar("Found", bound=BaseException)


class Corner(ExampleDatabase):
    """A part of a database that belongs to one item.

    Hypothesis keys what it remembers by the test's source, which all items of one check share: without a corner of
    its own, a passing item would throw away the failures of its neighbours.
    """

    def __init__(self, whole: ExampleDatabase, owner: str) -> None:
        super().__init__()
        self._whole = whole
        self._owner = hashlib.sha256(owner.encode()).digest()

    def save(self, key: bytes, value: bytes) -> None:
        """Remember `value`."""
        self._whole.save(self._owner + key, value)

    def fetch(self, key: bytes) -> Iterable[bytes]:
        """Yield what is remembered."""
        return self._whole.fetch(self._owner + key)

    def delete(self, key: bytes, value: bytes) -> None:
        """Forget `value`."""
        self._whole.delete(self._owner + key, value)


def searching(
    body: Body,
    inputs: SearchStrategy[Any],
    owner: str,
    max_examples: int,
    *,
    cli_seed: object = None,
    usual_seed: object = None,
    shrink: bool = True,
    alike: str = "",
) -> Callable[[], None]:
    """Make the test that calls `body` with up to `max_examples` of `inputs`, and with simpler ones once it raises.

    `owner` is the id of the item, which has its own corner of the database; `cli_seed` is what `--hypothesis-seed`
    says, and where it says something nothing is remembered (the same seed tries the same). `usual_seed` holds where it
    says nothing, and lets failures be remembered. Tests that are `alike` (a name) try the same at first. Without
    `shrink` the first input that raises is the last.
    """
    if usual_seed is not None and settings().derandomize:
        usual_seed = 0
    chosen = search_settings(owner, max_examples, shrink=shrink)
    plain: Callable[[], None] = given(inputs)(body)
    if cli_seed is not None:
        return seed(derived_seed(cli_seed, alike or owner))(chosen(plain))
    # In this order, for a seed takes the database away.
    return chosen(plain if usual_seed is None else seed(derived_seed(usual_seed, alike or owner))(plain))


def repeating(body: Body, inputs: SearchStrategy[Any], recorded: Any) -> Callable[[], None]:
    """Make the test that calls `body` once, with the `recorded` input: nothing is drawn or remembered."""
    alone = settings(phases=(Phase.explicit,), database=None, deadline=None)
    made: Callable[[], None] = alone(example(recorded)(given(inputs)(body)))
    return made


def entitled(body: Body, name: str, text: str) -> Body:
    """Give `body` a name and a docstring; Hypothesis demands that a test's name be an identifier."""
    body.__name__ = body.__qualname__ = re.sub(r"\W", "_", name, flags=re.ASCII)
    body.__doc__ = text
    return body


def search_settings(owner: str, max_examples: int, *, shrink: bool = True) -> settings:
    """The user's profile, made fit for processes: no deadline, so many examples, one failure at a time."""
    profile = settings()
    whole = profile.database
    return settings(
        max_examples=max_examples,
        deadline=None,
        database=None if whole is None else Corner(whole, owner),
        phases=[phase for phase in PHASES if phase in profile.phases and (shrink or phase is not Phase.shrink)],
        suppress_health_check=(
            HealthCheck.too_slow,
            HealthCheck.data_too_large,
            HealthCheck.function_scoped_fixture,  # only the user's autouse fixtures can get here
        ),
        report_multiple_bugs=False,
    )


def derived_seed(cli_seed: object, owner: str) -> int:
    """The seed of one item: another one for each, so that they don't all try the same."""
    return int.from_bytes(hashlib.sha256(f"{cli_seed}:{owner}".encode()).digest()[:8], "big")


def searched_on(
    run_test: Callable[[], None], seen: Found | None, kind: type[Found], size: Callable[[Found], int]
) -> None:
    """Run a search, be there something `seen` before it; raises the smaller of what both show."""
    try:
        run_test()
    except kind as found:
        raise min((found, seen) if seen is not None else (found,), key=size) from None
    except Flaky:
        if seen is None:
            raise
    if seen is not None:
        raise seen


def within(flaky: Flaky, kind: type[Found]) -> Found:
    """The exception of a `kind` that a flaky failure holds. Raises the failure itself if it holds none."""
    for inner in getattr(flaky, "exceptions", ()):
        if isinstance(inner, kind):
            return inner
    raise flaky
