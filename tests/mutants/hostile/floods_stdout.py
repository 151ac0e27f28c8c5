"""Answers nothing and writes messages without end."""

from answering import end_some_day, write

end_some_day()
while True:
    write({"jsonrpc": "2.0", "method": "notifications/message", "params": {"level": "info", "data": "x" * 200}})
