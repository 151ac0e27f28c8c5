"""The stdio transport: one message a line, nothing else on stdout, and a process that ends with its input."""
