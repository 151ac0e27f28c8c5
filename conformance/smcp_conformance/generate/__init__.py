"""From a JSON Schema to values: the dialect it declares, and arguments that are valid or wrong in one named way."""
