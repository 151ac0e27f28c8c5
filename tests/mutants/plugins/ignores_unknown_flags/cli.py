"""Ignores flags that it doesn't know."""

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import Cli


class Mutant(Cli):
    def parse(self, words: list[str]) -> dict[str, Any]:
        return vars(self.build().parse_known_args(words)[0])


if __name__ == "__main__":
    Mutant().run()
