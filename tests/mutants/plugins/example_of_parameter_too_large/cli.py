"""Shows an example of a parameter that is beyond its maximum."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import LOUD, SCALE, TEXT, TIMES, Cli


class Mutant(Cli):
    parameters = (TEXT, SCALE, {**TIMES, "examples": [3, 101]}, LOUD)


if __name__ == "__main__":
    Mutant().run()
