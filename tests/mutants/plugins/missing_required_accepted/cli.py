"""Does without a parameter that it declares as required."""

import argparse
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import Cli


class Mutant(Cli):
    def add(self, words: argparse.ArgumentParser, parameter: dict[str, Any]) -> None:
        default = {"text": "x", "scale": 1.0}.get(parameter["name"], parameter.get("default"))
        super().add(words, {**parameter, "required": False, "default": default})


if __name__ == "__main__":
    Mutant().run()
