"""Takes any word for its command."""

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import Cli


class Mutant(Cli):
    def parse(self, words: list[str]) -> dict[str, Any]:
        if words[:1] != [self.command]:
            return {"text": "x", "scale": 0.0, "times": 1}
        return super().parse(words)


if __name__ == "__main__":
    Mutant().run()
