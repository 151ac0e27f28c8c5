"""Exits with 1 although it did what was asked."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import Cli


class Mutant(Cli):
    def serve(self, words: list[str]) -> int:
        return super().serve(words) or int("--describe" not in words)


if __name__ == "__main__":
    Mutant().run()
