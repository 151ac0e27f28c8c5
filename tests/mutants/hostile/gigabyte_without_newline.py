"""Answers the handshake, and any other request with 1 GB that holds no newline."""

import os

from answering import end_some_day, requests, response, stall, write

CHUNK = b"x" * 2**20

end_some_day()
for request in requests():
    if request["method"] != "initialize":
        for _ in range(1024):
            view = memoryview(CHUNK)
            while view:
                view = view[os.write(1, view) :]
        stall()
    write(response(request))
