"""Servers with one tool that goes wrong for some arguments only: faults that no fixed list of inputs finds.

`command(…)` is the argv that starts one, `MUTANTS` are all of them by name. Nothing is started by importing.
"""

from __future__ import annotations

import os
import sys

from mutants.values import accepting, arrays, formats, numbers, objects, texts
from mutants.values.mutant import ValueMutant as ValueMutant

SERVER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "server.py")
FAMILIES = (texts, formats, numbers, arrays, objects, accepting)
MUTANTS = {mutant.name: mutant for family in FAMILIES for mutant in family.MUTANTS}


def command(name: str, *, healthy: bool = False) -> list[str]:
    """The argv of a value mutant; a `healthy` one is the same server without the fault."""
    return [sys.executable, SERVER, name, *(["--healthy"] if healthy else [])]
