"""Bytes to and from a server: sans-I/O framing, three transports, and a record of everything that went by.

Nothing here corrects, coerces or hides: what the server wrote is kept as it was written.
"""
