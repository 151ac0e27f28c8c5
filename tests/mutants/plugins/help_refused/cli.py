"""Knows no --help."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import Cli, Refusal


class Mutant(Cli):
    def serve(self, words: list[str]) -> int:
        if words == ["--help"]:
            return self.refuse(Refusal("unknown flag --help", 2, "usage"))
        return super().serve(words)


if __name__ == "__main__":
    Mutant().run()
