"""Answers in order, after a banner on stdout."""

from answering import end_some_day, requests, response, write

end_some_day()
print("Welcome to the hostile server, listening on stdio", flush=True)
for request in requests():
    write(response(request))
