"""Declares a default of 1, and takes 2 where nothing is given."""

import argparse
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import Cli


class Mutant(Cli):
    def add(self, words: argparse.ArgumentParser, parameter: dict[str, Any]) -> None:
        super().add(words, {**parameter, "default": 2 if parameter["name"] == "times" else parameter.get("default")})

    def answer(self, values: dict[str, Any]) -> dict[str, Any]:
        return {**super().answer(values), "times": values["times"]}


if __name__ == "__main__":
    Mutant().run()
