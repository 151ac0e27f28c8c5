"""Declares a command whose name has a blank."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import Cli


class Mutant(Cli):
    command = "stretch it"


if __name__ == "__main__":
    Mutant().run()
