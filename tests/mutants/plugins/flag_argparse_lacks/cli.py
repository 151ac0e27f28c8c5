"""Declares a parameter that the command line doesn't take."""

import argparse
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import Cli


class Mutant(Cli):
    def commands(self) -> list[dict[str, Any]]:
        (command,) = super().commands()
        return [{**command, "parameters": [*self.parameters, {"name": "colour", "type": "string"}]}]

    def add(self, words: argparse.ArgumentParser, parameter: dict[str, Any]) -> None:
        if parameter["name"] != "colour":
            super().add(words, parameter)


if __name__ == "__main__":
    Mutant().run()
