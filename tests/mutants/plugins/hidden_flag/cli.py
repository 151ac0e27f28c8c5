"""Has a flag that its description hides."""

import argparse
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import Cli


class Mutant(Cli):
    def add(self, words: argparse.ArgumentParser, parameter: dict[str, Any]) -> None:
        super().add(words, parameter)
        if parameter["name"] == "times":
            words.add_argument("--backwards", action="store_true")


if __name__ == "__main__":
    Mutant().run()
