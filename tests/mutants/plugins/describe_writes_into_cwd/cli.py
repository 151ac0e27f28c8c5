"""Leaves a log where it is asked to describe itself."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import Cli


class Mutant(Cli):
    def describe(self) -> int:
        if Path.cwd() != Path(__file__).resolve().parent:  # which is no place for what tests leave
            Path("describe.log").write_text("asked\n")
        return super().describe()


if __name__ == "__main__":
    Mutant().run()
