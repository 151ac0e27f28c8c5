"""Who chooses checks of a server that could not be started gets its `NAME::start`, which says why there are none.

The checks that it would have had take part in the selection (`-k`, `-m`, `--lf` …) and are then replaced by the start.
Keywords on the start item would not do: `-k 'not tools'` leaves most checks, and would drop what stands for all.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TypeGuard

import pytest

from smcp_conformance.collect import LegCollector, StartItem
from smcp_conformance.offer import Offer
from smcp_conformance.options import Options
from smcp_conformance.revisions import REVISIONS


class StandingIn:
    """A plugin for every process that collects."""

    def __init__(self, options: Options) -> None:
        self._transports = {target.name: target.transport for target in options.targets}
        self._revisions = REVISIONS if isinstance(options.revisions, str) else options.revisions
        self._starts: dict[pytest.Item, StartItem] = {}
        self._withheld: list[pytest.Item] = []

    def missing(self, start: StartItem) -> Iterator[pytest.Item]:
        """The items, never to be run, that `start` stands for: the checks of what did not start."""
        for offer in self._supposed(start):
            leg = LegCollector.from_parent(start.target, name=offer.leg, run=start.target.run, offer=offer)
            for item in filter(_is_item, (node for page in leg.collect() for node in page.collect())):
                item.extra_keyword_matches.add(start.name)  # so that `-k 'not start'` means them, too
                self._starts[item] = start
                yield item

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> Generator[None, object, object]:
        """When all have deselected, put a start in the place of what is left of its checks."""
        result = yield
        unwanted = tuple(config.getoption("deselect") or ())
        chosen = (self._starts.get(item, item) for item in items)
        items[:] = [item for item in dict.fromkeys(chosen) if not item.nodeid.startswith(unwanted)]
        withheld, self._withheld = [item for item in self._withheld if item not in items], []
        self._starts.clear()
        if withheld:
            config.hook.pytest_deselected(items=withheld)
        return result

    @pytest.hookimpl(tryfirst=True)
    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        """Let nobody count what is none, nor, until it is certain, the start that stands for it."""
        starts = set(self._starts.values())
        self._withheld += [item for item in items if item in starts]
        items[:] = [item for item in items if item not in self._starts and item not in starts]

    def _supposed(self, start: StartItem) -> Iterator[Offer]:
        for found in start.discoveries:
            for revision in self._revisions if found.failure else ():
                yield Offer(found.target, found.group, self._transports[found.target], revision)


def _is_item(node: pytest.Item | pytest.Collector) -> TypeGuard[pytest.Item]:
    return isinstance(node, pytest.Item)
