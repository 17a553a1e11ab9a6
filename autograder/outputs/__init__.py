"""The outputs: each module turns a finished or unfinished report into one format, and decides nothing."""
