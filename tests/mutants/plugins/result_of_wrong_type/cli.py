"""Describes a text, and answers with a number."""

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import Cli


class Mutant(Cli):
    def commands(self) -> list[dict[str, Any]]:
        result = {"type": "object", "properties": {"scaled": {"type": "string"}}, "required": ["scaled"]}
        return [{**command, "result": result} for command in super().commands()]


if __name__ == "__main__":
    Mutant().run()
