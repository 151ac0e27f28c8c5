"""Declares a command that the command line doesn't know."""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import Cli


class Mutant(Cli):
    def build(self) -> argparse.ArgumentParser:
        self.command = "stretched"
        return super().build()


if __name__ == "__main__":
    Mutant().run()
