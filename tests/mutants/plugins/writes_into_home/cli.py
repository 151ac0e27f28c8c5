"""Remembers the last call in HOME."""

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import Cli


class Mutant(Cli):
    def answer(self, values: dict[str, Any]) -> dict[str, Any]:
        (Path.home() / ".mutant-history").write_text(values["text"], encoding="utf-8")
        return super().answer(values)


if __name__ == "__main__":
    Mutant().run()
