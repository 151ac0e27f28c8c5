"""Serve the calls of one plugin from a single process that forks: run by path, in the plugin's own interpreter.

Standard library only, Python 3.10 and later, one thread. Its words are the plugin's file and what that calls itself;
its stdin is the socket to its parent (`warm.py`), its stdout and stderr are an empty file. Every call is a child that
was forked ahead and runs the whole file as a cold start would: as `__main__`, with its own words, folder, environment,
streams, session and exit. Only the imports are paid already, and only those of the standard library and of
site-packages that a run with `--describe` showed. The interpreter's own end is the end of a call: threads, atexit,
flushing, exit codes.

What a plugin can still tell: its parent, one more frame at the bottom of the stack (a warning or a traceback that
reaches beyond the file's own names this one), a hash seed that its server's calls share, and the import system's
caches.
"""

BLANK = dict(globals())  # what a script's __main__ holds before its first line

import sys  # noqa: E402 - the line above has to be the first

BARE = frozenset(sys.modules)  # what a cold start has loaded before its first line

import marshal  # noqa: E402 - the line above has to come before all imports
import os  # noqa: E402 - as above
import select  # noqa: E402 - as above
import signal  # noqa: E402 - as above
import socket  # noqa: E402 - as above

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, TracebackType
    from typing import Any

    from smcp.runner import calls, stage, suitability
else:
    sys.path.insert(0, os.path.dirname(__file__))  # also where PYTHONSAFEPATH keeps it out
    import calls
    import stage
    import suitability


def main() -> "tuple[CodeType, dict[str, Any]]":
    """Serve. Returns in the children only: what to execute, and in which namespace."""
    control = socket.socket(fileno=os.dup(0))
    empty = os.open(os.devnull, os.O_RDWR)
    os.dup2(empty, 0)
    leave_own_folder()
    file = sys.argv[1]
    try:
        plugin = stage.Plugin(file, BLANK, BARE)
        leaving.append(plugin)
        report, pipe = os.pipe()
        if os.fork() == 0:
            control.close()
            os.close(report)
            os.dup2(empty, 1)
            os.dup2(empty, 2)
            os.close(empty)
            plugin.hide()
            stage.tell_modules(pipe)
            return plugin.enter([os.fsencode(word) for word in (sys.executable, file, "--describe")])
        os.close(pipe)
        os.close(empty)
        plugin.preload(heard(report, control))
    except suitability.Refused as refusal:
        say(control, {"refused": str(refusal)})
        os._exit(0)
    watched = stage.watched(plugin.shown)
    say(control, {"watched": watched, "read": sorted(plugin.reads), "placed": plugin.placed})
    plugin.keep()
    request, fds = calls.Calls(control).serve(plugin.rehearse)
    return plugin.enter(stage.dress(request, fds))


leaving: "list[stage.Plugin]" = []


def leave_own_folder() -> None:
    """Unload what only this script has brought into the way of the plugin's imports."""
    del sys.modules["calls"], sys.modules["stage"], sys.modules["suitability"]
    for _ in range(1 if getattr(sys.flags, "safe_path", False) else 2):
        sys.path_importer_cache.pop(sys.path.pop(0), None)
    sys.path_importer_cache.pop(__file__, None)


def heard(report: int, control: socket.socket) -> "dict[str, str | None]":
    """Wait for what the run with `--describe` showed, and for its end. Ends all of us if the parent is gone."""
    data = b""
    while True:
        ready, _, _ = select.select([report, control.fileno()], [], [])
        if control.fileno() in ready:
            os.killpg(0, signal.SIGKILL)
        chunk = os.read(report, 1 << 16)
        if not chunk:
            break
        data += chunk
    os.close(report)
    os.wait()
    try:
        shown: dict[str, str | None] = marshal.loads(data)
    except (EOFError, ValueError):
        raise suitability.Refused("its run with --describe did not tell its modules") from None
    return shown


def say(control: socket.socket, what: "dict[str, Any]") -> None:
    """Tell the parent how it stands."""
    data = marshal.dumps(what, 2)
    control.sendall(len(data).to_bytes(4, "little") + data)


def show_without_us(error: BaseException) -> None:
    """Have the error shown as if the plugin's file were the bottom of the stack, by whatever hook is set."""
    hook = sys.excepthook
    trace = error.__traceback__ and error.__traceback__.tb_next

    def show(kind: "type[BaseException]", value: BaseException, _: "TracebackType | None") -> None:
        sys.excepthook = hook
        sys.last_traceback = value.__traceback__ = trace
        hook(kind, value, trace)

    sys.excepthook = show


def strike_names() -> None:
    """Take from `__main__` what the interpreter takes when it has run a file to its end."""
    main = sys.modules.get("__main__")
    for name in ("__file__", "__cached__") if main is not None else ():
        vars(main).pop(name, None)


if __name__ == "__main__":
    try:
        exec(*main())
    except SystemExit as end:
        leaving[0].exits(end.code)
        raise
    except BaseException as error:
        show_without_us(error)
        raise
    strike_names()
    leaving[0].exits()
