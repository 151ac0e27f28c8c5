"""Streamable HTTP in both eras: posting, streams, GET, sessions, origins, and the headers of 2026-07-28."""
