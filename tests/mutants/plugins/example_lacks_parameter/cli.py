"""Shows an example that lacks a required parameter."""

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import Cli


class Mutant(Cli):
    def commands(self) -> list[dict[str, Any]]:
        return [{**command, "examples": [{"text": "x"}]} for command in super().commands()]


if __name__ == "__main__":
    Mutant().run()
