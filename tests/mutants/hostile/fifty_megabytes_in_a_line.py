"""Answers the handshake, and every other request with a line of 50 MB."""

from answering import end_some_day, requests, response, write

end_some_day()
for request in requests():
    answer = response(request)
    if request["method"] != "initialize":
        answer["result"]["padding"] = "x" * 50_000_000
    write(answer)
