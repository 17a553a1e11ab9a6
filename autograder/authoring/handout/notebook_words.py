"""What the released notebook's own cells say and do; the rest of its text is in ``handout/``."""

__all__ = ["PICTURES", "SETUP"]

#: The first cell of code.
SETUP = """\
# Run this cell first, and again after restarting the kernel.
try:
    from autograder import grader
except ImportError:
    raise ImportError("the grader is not installed yet: see 'Setting up', just above") from None

import numpy as np
"""

#: By the file after whose functions it stands: each picture's name, and what it shows.
PICTURES = {
    "activations": (
        ("activations", "### Your curves\n\nWhat you have written, drawn over the right curves:"),
    ),
    "train": (
        (
            "xor",
            "### What your network sees\n\nYour code trains a network on xor. Frame by frame: where"
            " its hidden layer puts the four points, what it decides, and the loss:",
        ),
        (
            "embeddings",
            "### What your words mean\n\nYour code trains word embeddings of two numbers each,"
            " which are points in a plane:",
        ),
    ),
}
