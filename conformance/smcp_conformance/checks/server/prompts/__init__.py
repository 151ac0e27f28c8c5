"""Checks of the spec page on prompts."""
