"""Leaves errors of usage to argparse, which writes text to stderr."""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import Cli


class Mutant(Cli):
    parser = argparse.ArgumentParser


if __name__ == "__main__":
    Mutant().run()
