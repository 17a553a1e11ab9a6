"""Reports as pages and fragments of HTML."""
