"""``python -m autograder``. Any Python can read this file, so that an old one can be told."""

import os.path
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

if __name__ == "__main__":
    if sys.version_info < (3, 10):  # noqa: UP036  no pip has looked where a folder was copied
        sys.stderr.write(
            "autograder: Python 3.10 or newer is needed, and this is Python %s (%s): call a newer"  # noqa: UP031
            " one, such as python3.12, or the one in .venv\n"
            % (sys.version.split()[0], sys.executable)
        )
        sys.exit(2)
    # Python puts the working directory first. It may be a student's: no module of theirs may take
    # the place of one that the grader needs.
    if sys.path and os.path.abspath(sys.path[0]) == os.getcwd() != ROOT:
        del sys.path[0]
    from autograder.cli import main

    sys.exit(main())
