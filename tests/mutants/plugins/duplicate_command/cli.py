"""Declares a command twice."""

import argparse
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import Cli


class Mutant(Cli):
    def commands(self) -> list[dict[str, Any]]:
        return super().commands() * 2

    def build(self) -> argparse.ArgumentParser:
        parser = self.parser(prog="cli.py")
        words = parser.add_subparsers(dest="command", required=True).add_parser(self.command)
        for one in self.parameters:
            self.add(words, one)
        return parser


if __name__ == "__main__":
    Mutant().run()
