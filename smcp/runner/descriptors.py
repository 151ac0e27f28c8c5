"""Descriptors and bytes of the talk with a fork server, on its parent's side."""

from __future__ import annotations

import os
import socket
import subprocess
from contextlib import ExitStack
from typing import IO


def pipe(ours: ExitStack, theirs: ExitStack) -> tuple[int, int]:
    """Make a pipe whose reading end is closed with ours, whose writing end with theirs."""
    read, write = os.pipe()
    ours.callback(os.close, read)
    theirs.callback(os.close, write)
    return read, write


def stdin(stdin: int | IO[bytes], theirs: ExitStack) -> int:
    """Return the descriptor of a call's stdin, closed with theirs if it is opened here."""
    if stdin == subprocess.DEVNULL:
        null = os.open(os.devnull, os.O_RDWR)
        theirs.callback(os.close, null)
        return null
    return stdin if isinstance(stdin, int) else stdin.fileno()


def number(connection: socket.socket) -> int:
    """Read four bytes. Raises `OSError` at the end of the stream."""
    data = connection.recv(4)
    if len(data) < 4:
        raise ConnectionResetError("the fork server is gone")
    return int.from_bytes(data, "little", signed=True)


def framed(connection: socket.socket) -> bytes:
    """Read one message with its length before it; at an early end, what there is."""
    with connection.makefile("rb") as stream:
        length = int.from_bytes(stream.read(4), "little")
        return stream.read(length)
