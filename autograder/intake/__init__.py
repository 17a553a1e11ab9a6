"""Bring a submission, folder, zip or notebook, into a clean folder of ``.py`` files.

Nothing is ever extracted by the archive's own paths, no link is followed, and the submission itself
is not changed. `folder` and `archive` list what there is (`listing`), `naming` decides what each
file is taken as, `choose` which folder counts; `take_in` copies it, and `remarks` says what is
amiss. `notebook` makes such files of a notebook.
"""
