"""Inside a fork server: the calls that run, and the child that waits for the next one.

Standard library only and imported by path, as `fork_server.py` is. The parent's side of the talk is in `warm.py`.
"""

import os
import select
import signal
import socket

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import NoReturn

REAP = 0
"""The byte by which a caller says that it has read what it wanted; any other byte is a signal's number."""

_LENGTH = 4


class Spare:
    """A child that waits for its call, and our end of the line to it."""

    def __init__(self, pid: int, line: socket.socket) -> None:
        self.pid = pid
        self.line = line


class Calls:
    """The calls that run, those that wait for a child, and the child that waits for a call."""

    def __init__(self, control: socket.socket) -> None:
        self.control = control
        self.wake, wakened = os.pipe()
        os.set_blocking(self.wake, False)
        os.set_blocking(wakened, False)
        self.wakened = wakened
        self.live: dict[int, socket.socket] = {}
        self.over: set[int] = set()
        self.waiting: list[tuple[socket.socket, bytes, list[int]]] = []
        self.spare: Spare | None = None
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wakened, warn_on_full_buffer=False)

    def serve(self, rehearse: "Callable[[], None]") -> "tuple[bytes, list[int]]":
        """Serve until the parent is gone. Returns in the children only, each time with a call."""
        while True:
            if self.spare is None:
                call = self.fork(rehearse)
                if call is not None:
                    return call
            if self.waiting:
                self.hand_over(*self.waiting.pop(0))
            else:
                self.attend()

    def fork(self, rehearse: "Callable[[], None]") -> "tuple[bytes, list[int]] | None":
        """Fork the child of the next call. Returns its call there, None here."""
        ours, theirs = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            self.forget()
            ours.close()
            rehearse()
            return received(theirs)
        theirs.close()
        self.spare = Spare(pid, ours)
        return None

    def forget(self) -> None:
        """In a child: drop all that is the server's."""
        os.setsid()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.close(self.wake)
        os.close(self.wakened)
        self.control.close()
        for connection in self.live.values():
            connection.close()
        for connection, _, fds in self.waiting:
            connection.close()
            closed(fds)

    def attend(self) -> None:
        """Wait for something to happen, and see to it."""
        poll = select.poll()
        poll.register(self.control, select.POLLIN)
        poll.register(self.wake, select.POLLIN)
        callers = {connection.fileno(): pid for pid, connection in self.live.items()}
        for fd in callers:
            poll.register(fd, select.POLLIN)
        happened = [fd for fd, _ in poll.poll()]
        if self.wake in happened:
            os.read(self.wake, 4096)
            self.notice_ends()
        for fd in happened:
            if fd in callers:
                self.obey(callers[fd])
        if self.control.fileno() in happened:
            self.accept()

    def accept(self) -> None:
        """Take a call from the parent: its line and its streams come as descriptors, its words over the line."""
        data, fds, _, _ = socket.recv_fds(self.control, 1, 4)
        if not data:
            self.end()
        connection = socket.socket(fileno=fds[0])
        request = framed(connection)
        if request is None:  # the caller gave up
            connection.close()
            closed(fds[1:])
        else:
            self.waiting.append((connection, request, fds[1:]))

    def hand_over(self, connection: socket.socket, request: bytes, fds: "list[int]") -> None:
        """Give a call to the spare child. The caller hears of it first: a call must never begin twice."""
        spare, self.spare = self.spare, None
        assert spare is not None
        try:
            connection.sendall(number(spare.pid))
            self.live[spare.pid] = connection
            socket.send_fds(spare.line, [b"."], fds)
            spare.line.sendall(len(request).to_bytes(_LENGTH, "little") + request)
        except OSError:  # the caller gave up, or somebody killed the child, which is then the end of the call
            os.kill(spare.pid, signal.SIGKILL)
            self.live[spare.pid] = connection
        spare.line.close()
        closed(fds)

    def notice_ends(self) -> None:
        """Tell callers whose command is over; it stays a zombie, which keeps its number, until they have heard."""
        if self.spare is not None and os.waitpid(self.spare.pid, os.WNOHANG)[0]:
            self.spare.line.close()
            self.spare = None
        for pid in [pid for pid in self.live if pid not in self.over]:
            status = ended(pid)
            if status is not None:
                self.over.add(pid)
                try:
                    self.live[pid].sendall(number(status))
                except OSError:
                    self.bury(pid)

    def obey(self, pid: int) -> None:
        """Signal a call's group as its caller says; one that is gone wants it to end."""
        try:
            said = self.live[pid].recv(64)
        except OSError:
            said = b""
        for byte in said or (REAP,):
            if byte == REAP:
                self.bury(pid)
                return
            signalled(pid, byte)

    def bury(self, pid: int) -> None:
        """End all that is left of a call."""
        signalled(pid, signal.SIGKILL)
        if pid not in self.over or hasattr(os, "waitid"):
            os.waitpid(pid, 0)
        self.over.discard(pid)
        self.live.pop(pid).close()

    def end(self) -> "NoReturn":
        """The parent is gone: so is everything."""
        if self.spare is not None:
            os.kill(self.spare.pid, signal.SIGKILL)
            os.waitpid(self.spare.pid, 0)
        for pid in list(self.live):
            self.bury(pid)
        os._exit(0)


def number(value: int) -> bytes:
    """Four bytes."""
    return value.to_bytes(_LENGTH, "little", signed=True)


def closed(fds: "Iterable[int]") -> None:
    """Close them all."""
    for fd in fds:
        os.close(fd)


def ended(pid: int) -> "int | None":
    """The exit code of a child that is over, negative for a signal; where possible without reaping it."""
    if hasattr(os, "waitid"):
        over = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if over is None:
            return None
        return over.si_status if over.si_code == os.CLD_EXITED else -over.si_status
    reaped, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if reaped else None


def signalled(pid: int, signum: int) -> None:
    """Signal a call's group; the child alone, if it has not yet made its group."""
    for kill in (os.killpg, os.kill):
        try:
            kill(pid, signum)
            return
        except (ProcessLookupError, PermissionError):  # macOS forbids to signal a group of zombies
            continue


def framed(connection: socket.socket) -> "bytes | None":
    """Read one message with its length before it; None at an early end."""
    length = exactly(connection, _LENGTH)
    return exactly(connection, int.from_bytes(length, "little")) if length else None


def exactly(connection: socket.socket, count: int) -> "bytes | None":
    """Read that many bytes, None if there are fewer."""
    data = b""
    while len(data) < count:
        chunk = connection.recv(count - len(data))
        if not chunk:
            return None
        data += chunk
    return data


def received(line: socket.socket) -> "tuple[bytes, list[int]]":
    """In a child: wait for the call. Ends the process if there will be none."""
    data, fds, _, _ = socket.recv_fds(line, 1, 3)
    request = framed(line) if data else None
    if request is None:
        os._exit(0)
    line.close()
    return request, fds
