"""Start the fixture server with a fault that shows only in a sequence."""

from __future__ import annotations

import os
import sys

sys.path[0] = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))  # the packages' parent

from mutants import revisions  # noqa: E402 - the path must be right first
from mutants.machine import Machine, Settings  # noqa: E402 - as above
from mutants.sequences import load  # noqa: E402 - as above
from mutants.server import parser  # noqa: E402 - as above


def main() -> None:
    """Read the command line of the fixture server, whose faults are here others, and serve."""
    options = parser().parse_args()
    machine = Machine(options.transport, revisions.ALL, Settings(options.port))
    load()[options.fault].inject(machine)
    machine.run()


if __name__ == "__main__":
    main()
