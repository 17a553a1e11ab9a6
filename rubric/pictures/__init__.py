"""The pictures of this homework: networks in training, drawn frame by frame.

`declare` says which there are, for the compiler, and stays with the staff. All other modules are
handed out and run where the reports are made: they know neither solution nor rubric, import
`autograder` without its `authoring`, and each other relatively (``from .records import ...``). The
modules `network` and `words` are the two kinds of picture (`autograder.pictures`).
"""
