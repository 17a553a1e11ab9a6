"""The verb ``submission``: look a student's work over and pack it for upload."""
