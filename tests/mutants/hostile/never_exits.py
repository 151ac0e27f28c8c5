"""Answers in order, but neither the end of input nor SIGTERM ends it."""

import signal

from answering import end_some_day, requests, response, stall, write

end_some_day()
signal.signal(signal.SIGTERM, signal.SIG_IGN)
for request in requests():
    write(response(request))
stall()
