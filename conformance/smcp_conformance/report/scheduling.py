"""How pytest-xdist deals out items: a leg, or a plugin, stays on one worker, other tests go as `--dist` says."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pytest

LEG_PARTS = 2  # NAME::leg, plugins::NAME


def make_scheduler(config: pytest.Config, log: Any, groups: Collection[str]) -> Any:
    """Make xdist's scheduler; None leaves it to xdist (`--dist each` runs everything everywhere)."""
    dist = config.getoption("dist")
    if dist == "each":
        return None
    from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # xdist ships no types

    class LegScheduling(LoadScopeScheduling):  # type: ignore[misc]  # so its classes are Any
        """Deals out whole legs, and other tests in the portions of `--dist`."""

        def _split_scope(self, nodeid: str) -> str:
            return scope(nodeid, groups, str(dist))

    return LegScheduling(config, log)


def scope(nodeid: str, groups: Collection[str], dist: str) -> str:
    """Name what must stay together: ids with the same scope go to the same worker."""
    parts = nodeid.split("::")
    if parts[0] in groups:
        return "::".join(parts[:LEG_PARTS])
    if dist == "loadfile":
        return parts[0]
    if dist == "loadscope":
        return nodeid.rpartition("::")[0] or nodeid
    if dist == "loadgroup" and nodeid.rfind("@") > nodeid.rfind("]"):
        return nodeid.rpartition("@")[2]
    return nodeid
