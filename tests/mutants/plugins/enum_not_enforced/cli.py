"""Declares an enumeration, and takes other texts, too."""

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import LOUD, SCALE, TEXT, TIMES, Cli


class Mutant(Cli):
    parameters = ({**TEXT, "enum": ["long", "short"]}, SCALE, TIMES, LOUD)

    def check(self, values: dict[str, Any]) -> None:
        super().check({**values, "text": None})


if __name__ == "__main__":
    Mutant().run()
