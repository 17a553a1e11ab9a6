"""The judge's side of the boundary: start workers, ask them, read what they reply."""
