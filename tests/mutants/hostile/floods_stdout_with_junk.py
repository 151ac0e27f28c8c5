"""Answers nothing and writes short lines that are no messages, without end."""

import os

from answering import end_some_day

end_some_day()
while True:
    os.write(1, b"y\n" * 8192)
