"""Take the network away from the Python program that starts with this folder on PYTHONPATH.

Sockets that have a path (AF_UNIX) are left alone, and so is the name of this machine's own loopback. The
`sitecustomize` that this one hides is run as ever.
"""

import importlib.machinery
import importlib.util
import os
import sys

TALK = ("socket.connect", "socket.sendto", "socket.sendmsg")
NAMES = ("socket.getaddrinfo", "socket.gethostbyname")
OWN = (None, "", b"", "localhost", b"localhost", "127.0.0.1", "::1")


def refuse(event: str, values: "tuple[object, ...]") -> None:
    """Raise in place of a call that needs a network."""
    reaches_out = event in TALK and isinstance(values[1], tuple)
    if reaches_out or (event in NAMES and values[0] not in OWN):
        raise OSError("there is no network")


def run_hidden() -> None:
    """Run the `sitecustomize` that would have been found without this folder."""
    here = os.path.dirname(os.path.abspath(__file__))
    others = [folder for folder in sys.path if os.path.abspath(folder) != here]
    hidden = importlib.machinery.PathFinder.find_spec("sitecustomize", others)
    if hidden is not None and hidden.loader is not None:
        module = importlib.util.module_from_spec(hidden)
        sys.modules["sitecustomize"] = module
        hidden.loader.exec_module(module)


sys.addaudithook(refuse)
run_hidden()
