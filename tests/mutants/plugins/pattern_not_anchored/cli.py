"""Declares a pattern for the whole text, and looks for it at the beginning alone."""

import re
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import LOUD, SCALE, TEXT, TIMES, Cli, Refusal


class Mutant(Cli):
    parameters = ({**TEXT, "pattern": "^[a-z]+$"}, SCALE, TIMES, LOUD)

    def check(self, values: dict[str, Any]) -> None:
        if not re.match("[a-z]+", values["text"]):
            raise Refusal("text is no word", code="no_word")
        super().check(values)


if __name__ == "__main__":
    Mutant().run()
