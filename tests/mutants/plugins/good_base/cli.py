"""No fault: the plugin that the faulty ones are made of."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import Cli


class Mutant(Cli):
    """As it is."""


if __name__ == "__main__":
    Mutant().run()
