"""The life of a connection in the handshake era: initialization, version negotiation, operation."""
