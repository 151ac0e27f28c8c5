"""Asks somebody else before it describes itself."""

import socket
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import Cli


class Mutant(Cli):
    def describe(self) -> int:
        with socket.create_server(("127.0.0.1", 0)) as somebody:
            socket.create_connection(somebody.getsockname(), timeout=5).close()
        return super().describe()


if __name__ == "__main__":
    Mutant().run()
