"""Checks of the spec pages below this path."""
