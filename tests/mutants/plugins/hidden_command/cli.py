"""Has a command that its description hides."""

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import Cli


class Mutant(Cli):
    aliases: "tuple[str, ...]" = ()

    def serve(self, words: list[str]) -> int:
        if words == ["--describe"]:
            return self.describe()
        self.aliases = ("shrink",)
        return super().serve(words)

    def commands(self) -> list[dict[str, Any]]:
        (command,) = super().commands()
        return [{**command, "name": name} for name in (self.command, *self.aliases)]


if __name__ == "__main__":
    Mutant().run()
