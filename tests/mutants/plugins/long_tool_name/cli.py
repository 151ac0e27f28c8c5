"""Has a command whose tool would have more than 64 characters."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import Cli


class Mutant(Cli):
    command = "stretch_" + "very_" * 10 + "far"


if __name__ == "__main__":
    Mutant().run()
