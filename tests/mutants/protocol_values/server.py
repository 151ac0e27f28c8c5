"""Start the fixture server with a fault that shows with one kind of value only."""

from __future__ import annotations

import argparse
import os
import sys

sys.path[0] = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))  # the package's parent

from mutants import revisions  # noqa: E402 - the path must be right first
from mutants.machine import Machine, Settings  # noqa: E402 - as above
from mutants.protocol_values import load  # noqa: E402 - as above


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--transport", choices=("stdio", "http"), default="stdio")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--fault", choices=load(), required=True)
    options = parser.parse_args()
    machine = Machine(options.transport, revisions.ALL, Settings(options.port))
    load()[options.fault].inject(machine)
    machine.run()


if __name__ == "__main__":
    main()
