"""Start the fixture server: a conforming MCP server, or a mutant of it with exactly one fault."""

from __future__ import annotations

import argparse
import json
import os
import sys

sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # the package's parent, not the package

from mutants import revisions  # noqa: E402 - the path must be right first
from mutants.machine import Machine, Settings  # noqa: E402 - as above


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(prog="fixture-server", description=__doc__)
    made.add_argument("--transport", choices=tuple(revisions.SPOKEN_OVER), default="stdio")
    made.add_argument("--port", type=int, default=0, help="for http and sse; 0 picks a free one")
    made.add_argument("--revisions", default=",".join(revisions.ALL), help="what to speak, separated by commas")
    made.add_argument("--auth", metavar="TOKEN", help="demand this bearer token over http")
    made.add_argument("--fault", metavar="NAME", help="be wrong in this one way")
    made.add_argument("--list-faults", action="store_true", help="print all faults as JSON")
    return made


def list_faults() -> None:
    """Print what can be wrong, one JSON array."""
    from mutants import faults

    shown = ("name", "breaks", "transport", "revisions", "page", "summary")
    print(json.dumps([{name: getattr(fault, name) for name in shown} for fault in faults()], indent=1))


def main() -> None:
    """Read the command line and serve."""
    options = parser().parse_args()
    if options.list_faults:
        list_faults()
        return
    spoken = tuple(options.revisions.split(","))
    possible = revisions.SPOKEN_OVER[options.transport]
    if set(spoken) - set(revisions.ALL) or not set(spoken) & set(possible):
        parser().error(f"--revisions {options.revisions!r} must name some of {', '.join(possible)}")
    machine = Machine(options.transport, tuple(sorted(spoken)), Settings(options.port, options.auth))
    if options.fault:
        inject(options.fault, machine)
    machine.run()


def inject(name: str, machine: Machine) -> None:
    """Give the machine one fault; exits if there is none of that name."""
    from mutants.faults import load

    known = load()
    if name not in known:
        parser().error(f"--fault {name!r} must be one of {', '.join(known)}")
    known[name].inject(machine)


if __name__ == "__main__":
    main()
