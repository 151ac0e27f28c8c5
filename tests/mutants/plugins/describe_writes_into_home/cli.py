"""Leaves its settings in HOME when it is asked to describe itself."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import Cli


class Mutant(Cli):
    def describe(self) -> int:
        (Path.home() / ".mutantrc").write_text("asked=1\n")
        return super().describe()


if __name__ == "__main__":
    Mutant().run()
