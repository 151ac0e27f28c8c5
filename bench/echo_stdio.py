"""The least an MCP server can be: each line's id comes back with an empty result."""

import json
import sys

for line in sys.stdin.buffer:
    message = json.loads(line)
    if "id" in message:
        sys.stdout.buffer.write(json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": {}}).encode() + b"\n")
        sys.stdout.buffer.flush()
