"""Prints a banner before the description."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import Cli


class Mutant(Cli):
    def describe(self) -> int:
        print("mutant 1.0.0 says hello")
        return super().describe()


if __name__ == "__main__":
    Mutant().run()
