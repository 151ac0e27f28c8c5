"""Load the `laws.py` that stands beside a plugin's `cli.py`, into pytest's own process.

It gets a private module name, so that neither another plugin's laws nor a test called `laws` can be taken for it, and
its assertions are rewritten like those of tests. Modules beside it can be imported while it is loaded, and are then
forgotten, for the next plugin may have others of the same names.
"""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec
from pathlib import Path
from types import ModuleType

import pytest

from smcp_conformance.cli.runner import Plugin
from smcp_conformance.laws import Law

NAME = "laws.py"
PRIVATE = "_smcp_conformance_laws"
"""The package that modules of laws are called to be in: `_smcp_conformance_laws.PLUGIN.laws`."""


@dataclass(frozen=True)
class LawFile:
    """What a `laws.py` holds; `fault` is why it could not be loaded, `story` the traceback, `skipped` what it says."""

    path: Path
    laws: tuple[Law, ...] = ()
    fault: str = ""
    story: tuple[str, ...] = ()
    skipped: str = ""


def read_laws(plugin: Plugin) -> LawFile | None:
    """Load a plugin's laws, in the order in which they stand; None if it has no `laws.py`."""
    path = plugin.folder / NAME
    if not os.path.lexists(path):
        return None
    try:
        module = _loaded(f"{PRIVATE}.{plugin.name}.laws", path)
    except pytest.skip.Exception as reason:  # importorskip, for example
        return LawFile(path, skipped=str(reason))
    except (Exception, SystemExit) as error:  # whatever foreign code may raise
        return LawFile(path, fault=_worded(error, path), story=tuple(_story(error, path)))
    found = {each.name: each for each in vars(module).values() if isinstance(each, Law)}
    return LawFile(path, tuple(found.values()))


def line_in(error: BaseException, path: Path) -> int | None:
    """The line of the file at which an error passed through it the last time, None if it never did."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    return lines[-1] if lines else None


def _loaded(name: str, path: Path) -> ModuleType:
    pytest.register_assert_rewrite(PRIVATE)
    importlib.invalidate_caches()
    spec = _spec(name, path)
    module = module_from_spec(spec)
    sys.modules[name] = module  # where dataclasses and pickle look for it
    with _neighbours(path.parent):
        spec.loader.exec_module(module)  # type: ignore[union-attr]  # _spec returns none without a loader
    return module


def _spec(name: str, path: Path) -> ModuleSpec:
    """Ask pytest's own importer first, which rewrites assertions; raises `ImportError` if there is no such file."""
    for finder in sys.meta_path:
        spec = finder.find_spec(name, [str(path.parent)])
        if spec is not None and spec.loader is not None and spec.origin == str(path):
            return spec
    raise ImportError(f"{str(path)!r} is no file that can be read")


@contextmanager
def _neighbours(folder: Path) -> Iterator[None]:
    """Let modules in `folder` be imported by their bare names, for the time of the block."""
    before = set(sys.modules)
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        for name in set(sys.modules) - before:
            if not name.startswith(PRIVATE) and _is_in(folder, sys.modules[name]):
                del sys.modules[name]


def _is_in(folder: Path, module: ModuleType) -> bool:
    file = getattr(module, "__file__", None)
    return isinstance(file, str) and folder in Path(file).parents


def _worded(error: BaseException, path: Path) -> str:
    line = error.lineno if isinstance(error, SyntaxError) else line_in(error, path)
    return f"{type(error).__name__}: {error}" + (f" (line {line})" if line else "")


def _story(error: BaseException, path: Path) -> Iterator[str]:
    """The traceback from the file on: how it was loaded is our affair."""
    told = traceback.TracebackException.from_exception(error)
    while told.stack and told.stack[0].filename != str(path):
        del told.stack[0]
    yield from "".join(told.format()).rstrip().splitlines()
