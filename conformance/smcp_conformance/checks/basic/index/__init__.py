"""Base protocol: JSON-RPC messages, ids, errors, `_meta`, results."""
