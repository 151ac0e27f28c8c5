"""Prints a description in whatever encoding the locale has."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import Cli


class Mutant(Cli):
    description = "Dehnt Wörter."

    def write(self, document: object) -> None:
        print(json.dumps(document, ensure_ascii=False))


if __name__ == "__main__":
    Mutant().run()
