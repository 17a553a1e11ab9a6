"""The outputs: each module turns a report into one format, and decides nothing."""
