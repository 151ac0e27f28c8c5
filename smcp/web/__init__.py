"""The HTTP side: what stands between uvicorn and the SDK, and the transports of both eras."""
