"""Takes flags with underscores, where the contract has hyphens."""

import argparse
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import Cli, boolean


class Mutant(Cli):
    def add(self, words: argparse.ArgumentParser, parameter: dict[str, Any]) -> None:
        if "_" in parameter["name"]:
            words.add_argument(f"--{parameter['name']}", type=boolean, default=False)
        else:
            super().add(words, parameter)


if __name__ == "__main__":
    Mutant().run()
