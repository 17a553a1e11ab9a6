"""One submission from intake to report."""
