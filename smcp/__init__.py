"""smcp: a Model Context Protocol server whose tools are plugin CLIs."""
