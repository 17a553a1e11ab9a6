"""Shows the homework's checks to pytest and to your editor's test panel. You need not read it."""

import importlib.util
import sys

import pytest

NEEDED = ("numpy", "autograder")
MISSING = [name for name in NEEDED if importlib.util.find_spec(name) is None]

if sys.version_info >= (3, 10) and not MISSING:
    pytest_plugins = ["autograder.pytest_plugin"]
else:

    def pytest_configure():
        """Say what is missing."""
        what = MISSING[0] + " is not installed in" if MISSING else "the homework is not for"
        raise pytest.UsageError(
            what + " this Python " + sys.version.split()[0] + " (" + sys.executable + "). Run"
            " 'python grade.py' once, then choose the Python in .venv: in VS Code with 'Python:"
            " Select Interpreter', in PyCharm under 'Python Interpreter', in a terminal with"
            " '.venv/bin/python -m pytest'."
        )
