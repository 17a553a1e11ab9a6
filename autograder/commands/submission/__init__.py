"""The verb ``submission``: look a homework over, and pack it for upload."""
