"""All checks, one file per spec page, at the page's path."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from smcp_conformance.requirement import REGISTRY, Check


@cache
def all_checks() -> tuple[Check, ...]:
    """Every check, active ones first, by page and then in the order of their file; monitors last."""
    for module in pkgutil.walk_packages(__path__, __name__ + "."):
        importlib.import_module(module.name)
    return tuple(sorted(REGISTRY.values(), key=lambda check: (check.monitor, check.page)))
