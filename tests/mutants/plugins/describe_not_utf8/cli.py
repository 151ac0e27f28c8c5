"""Describes itself in Latin-1."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import Cli


class Mutant(Cli):
    description = "Dehnt Wörter."

    def describe(self) -> int:
        sys.stdout.reconfigure(encoding="latin-1")  # type: ignore[union-attr]  # stdout is a real one here
        return super().describe()

    def write(self, document: object) -> None:
        print(json.dumps(document, ensure_ascii=False))


if __name__ == "__main__":
    Mutant().run()
