"""Reports as plain text and in a terminal."""
