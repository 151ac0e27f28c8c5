"""Tools: one file per section of the spec page."""
