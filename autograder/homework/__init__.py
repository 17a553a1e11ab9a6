"""Which homework is meant: find its folder, read its settings and its answer key."""
