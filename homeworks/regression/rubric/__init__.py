"""The exam key of the homework on linear regression."""
