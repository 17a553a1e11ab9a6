"""The verbs that staff have."""
