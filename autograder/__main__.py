"""``python -m autograder``."""

import os.path
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

if __name__ == "__main__":
    # Python puts the working directory first. It may be a student's: no module of theirs may take
    # the place of one that the grader needs.
    if sys.path and os.path.abspath(sys.path[0]) == os.getcwd() != ROOT:
        del sys.path[0]
    from autograder.cli import main

    sys.exit(main())
