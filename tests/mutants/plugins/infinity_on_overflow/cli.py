"""Prints Infinity for a result that is too large."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import Cli


class Mutant(Cli):
    def finite(self, value: float) -> float:
        return value


if __name__ == "__main__":
    Mutant().run()
