"""Answers what its parent process is: another one where a fork server runs it."""

import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import Cli


class Mutant(Cli):
    def answer(self, values: dict[str, Any]) -> dict[str, Any]:
        return {**super().answer(values), "parent": os.getppid()}


if __name__ == "__main__":
    Mutant().run()
