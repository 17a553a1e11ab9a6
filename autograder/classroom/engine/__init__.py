"""Grade many submissions: in this process, in several, or on a cluster, with the same results."""
