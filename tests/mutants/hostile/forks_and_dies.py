"""Ends at the first request, leaving a child in a session of its own that holds the pipes open."""

import os
import sys

from answering import end_some_day, stall

end_some_day()
sys.stdin.readline()
if os.fork() == 0:
    os.setsid()
    end_some_day()
    stall()
sys.stderr.write("the parent gives up\n")
sys.stderr.flush()
os._exit(3)
