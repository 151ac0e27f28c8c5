"""Answers in order, but has a child in a session of its own that outlives it and holds none of its pipes."""

import subprocess
import sys

from answering import LIFETIME, end_some_day, requests, response, write

end_some_day()
subprocess.Popen(
    [sys.executable, "-c", f"import time; time.sleep({LIFETIME})", *sys.argv[1:]],
    stdin=subprocess.DEVNULL,
    stdout=subprocess.DEVNULL,
    stderr=subprocess.DEVNULL,
    start_new_session=True,
)
for request in requests():
    write(response(request))
