"""Answers in order, and writes to stderr without end."""

import os
import threading

from answering import end_some_day, requests, response, write


def flood() -> None:
    """Write as fast as it is read."""
    while True:
        os.write(2, b"something is not quite right\n" * 1000)


end_some_day()
threading.Thread(target=flood, daemon=True).start()
for request in requests():
    write(response(request))
os._exit(0)
