"""The verb ``watch``: grade on every save and show what changed."""
