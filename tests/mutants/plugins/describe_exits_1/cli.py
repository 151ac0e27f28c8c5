"""Describes itself well, and exits with 1."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import Cli


class Mutant(Cli):
    def describe(self) -> int:
        super().describe()
        return 1


if __name__ == "__main__":
    Mutant().run()
