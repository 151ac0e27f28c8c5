"""Answers the handshake, then with an array that is nested two hundred thousand levels deep."""

import json
import sys

from answering import end_some_day, requests, response, write

LEVELS = 200_000

end_some_day()
for request in requests():
    if request["method"] == "initialize":
        write(response(request))
    else:
        nested = "[" * LEVELS + "]" * LEVELS
        sys.stdout.write(f'{{"jsonrpc":"2.0","id":{json.dumps(request["id"])},"result":{{"deep":{nested}}}}}\n')
        sys.stdout.flush()
