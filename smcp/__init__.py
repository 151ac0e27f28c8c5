"""smcp: a Model Context Protocol server whose tools are plugin CLIs."""

__version__ = "0.1.0"
