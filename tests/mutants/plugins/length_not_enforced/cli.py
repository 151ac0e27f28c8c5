"""Declares the longest text, and takes longer ones."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import LOUD, SCALE, TEXT, TIMES, Cli


class Mutant(Cli):
    parameters = ({**TEXT, "maxLength": 8}, SCALE, TIMES, LOUD)


if __name__ == "__main__":
    Mutant().run()
