"""The judge's side of the boundary: worker processes, and what they are asked."""
