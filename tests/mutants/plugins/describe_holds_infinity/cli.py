"""Describes a maximum that JSON doesn't know."""

import math
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import LOUD, SCALE, TEXT, TIMES, Cli


class Mutant(Cli):
    def describe(self) -> int:
        self.parameters = (TEXT, {**SCALE, "maximum": math.inf}, TIMES, LOUD)
        return super().describe()


if __name__ == "__main__":
    Mutant().run()
