"""Writes text when it doesn't know a command."""

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import Cli


class Mutant(Cli):
    def parse(self, words: list[str]) -> dict[str, Any]:
        if words[:1] not in ([self.command], ["--help"]):
            sys.exit(f"unknown command {words[:1]}")
        return super().parse(words)


if __name__ == "__main__":
    Mutant().run()
