"""Strategies of the user's own for the arguments of a tool, in place of those made from its inputSchema."""

from __future__ import annotations

import importlib
import sys
from functools import reduce
from pathlib import Path
from typing import Any

from hypothesis.strategies import SearchStrategy

from smcp_conformance.target import TargetError
from smcp_conformance.tool_configuration import ToolSettings


def strategy_of(settings: ToolSettings, rootdir: Path) -> SearchStrategy[Any] | None:
    """The strategy that `settings` name, None if they name none; raises TargetError that says what would be right.

    Modules beside the rootdir's configuration can be named whatever pytest's import mode is.
    """
    if not settings.arguments:
        return None
    place = f"{settings.source}, arguments: {settings.arguments!r}"
    found = _named(settings.arguments, rootdir, place)
    made = found if isinstance(found, SearchStrategy) or not callable(found) else _called(found, place)
    if not isinstance(made, SearchStrategy):
        raise TargetError(f"{place} must be a Hypothesis strategy, or a function that makes one; it is {made!r:.100}")
    return made


def _named(reference: str, rootdir: Path, place: str) -> Any:
    module, _, name = reference.partition(":")
    if str(rootdir) not in sys.path:
        sys.path.append(str(rootdir))
    try:
        imported = importlib.import_module(module)
    except ImportError as error:
        raise TargetError(f"{place} must be in a module that can be imported from {str(rootdir)!r}: {error}") from None
    try:
        return reduce(getattr, name.split("."), imported)
    except AttributeError as error:
        raise TargetError(f"{place} must be there: {error}") from None


def _called(function: Any, place: str) -> Any:
    try:
        return function()
    except TypeError as error:
        raise TargetError(f"{place} must be a function that needs no arguments: {error}") from None
