"""Answers the handshake, then closes stdout and lives on."""

import os
import sys

from answering import end_some_day, requests, response, write

end_some_day()
for request in requests():
    if request["method"] == "initialize":
        write(response(request))
        os.close(sys.stdout.fileno())
