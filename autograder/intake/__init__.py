"""Bring a submission, folder, zip or notebook, into a clean folder of ``.py`` files.

Nothing is ever extracted by the archive's own paths, no link is followed, and the submission itself
is not changed.
"""
