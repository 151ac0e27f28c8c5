"""Leaves a file where it is called."""

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import Cli


class Mutant(Cli):
    def answer(self, values: dict[str, Any]) -> dict[str, Any]:
        Path("last.txt").write_text(values["text"], encoding="utf-8")
        return super().answer(values)


if __name__ == "__main__":
    Mutant().run()
