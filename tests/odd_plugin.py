"""A plugin whose commands do what plugins should not, and how plugins are put into a directory."""

from __future__ import annotations

from pathlib import Path

ODD_PLUGIN = """
import json, os, signal, subprocess, sys, time

def command(name, *parameters):
    described = [{"name": one, "type": kind, "required": True} for one, kind in parameters]
    return {"name": name, "description": "odd", "parameters": described}

SPEC = {"plugin": {"name": "odd"}, "commands": [
    command("nap", ("seconds", "number")), command("stubborn"), command("family"), command("flood"),
    command("plain"), command("silent"), command("surrogate"), command("argv", ("text", "string")), command("killed"),
]}
name = sys.argv[1]
if name == "--describe":
    print(json.dumps(SPEC))
elif name == "nap":
    time.sleep(float(sys.argv[2].partition("=")[2]))
    print("slept")
elif name == "stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(600)
elif name == "family":
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    print(child.pid)
elif name == "flood":
    while True:
        sys.stdout.write("x" * 100_000)
elif name == "plain":
    print("something went wrong", flush=True)
    print("details", file=sys.stderr)
    sys.exit(3)
elif name == "silent":
    sys.exit(4)
elif name == "surrogate":
    sys.stdout.write(chr(123) + chr(34) + "error" + chr(34) + ": " + chr(34) + chr(92) + "ud800" + chr(34) + ", "
                     + chr(34) + "code" + chr(34) + ": " + chr(34) + "odd" + chr(34) + "}")
    sys.exit(1)
elif name == "argv":
    print(json.dumps(sys.argv[2:]))
elif name == "killed":
    os.kill(os.getpid(), signal.SIGKILL)
"""


def write_plugin(directory: Path, name: str, source: str) -> Path:
    """Write a plugin's cli.py below the directory and return the directory."""
    folder = directory / name
    folder.mkdir(parents=True)
    (folder / "cli.py").write_text(source, encoding="utf-8")
    return directory
