"""Describes itself by the folder it is called from."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import Cli


class Mutant(Cli):
    description = f"Stretches what is in {Path.cwd().name}."


if __name__ == "__main__":
    Mutant().run()
