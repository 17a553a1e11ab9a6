"""The exam key of the linear models; it stays with the staff."""
