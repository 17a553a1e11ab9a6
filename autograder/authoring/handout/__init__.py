"""The handout: what students read, from `handout/`, with numbers that the solution computes."""
