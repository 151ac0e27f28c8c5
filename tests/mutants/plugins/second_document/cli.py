"""Prints a second document for long texts."""

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import Cli


class Mutant(Cli):
    def answer(self, values: dict[str, Any]) -> dict[str, Any]:
        if len(values["text"]) > 2:
            self.write({"note": "this will take a while"})
        return super().answer(values)


if __name__ == "__main__":
    Mutant().run()
