"""Generated inputs against what runs: Hypothesis searches for an input that shows a fault, and makes it small."""
