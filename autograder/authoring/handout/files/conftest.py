"""Shows the homework's checks to pytest and to your editor's test panel. You need not read it."""

import importlib.util
import sys

import pytest

NEEDED = ("numpy", "autograder")
MISSING = [name for name in NEEDED if importlib.util.find_spec(name) is None]

if sys.version_info >= (3, 10) and not MISSING:
    pytest_plugins = ["autograder.pytest_plugin"]

    def pytest_configure(config):
        """Say what to do about a folder whose name pytest can't read."""
        for word in config.args:
            if "[" in word.split("::")[0]:
                raise pytest.UsageError(
                    "pytest can't read [ ] in a path: rename the folder, or start pytest in the"
                    " folder that has grade.py (" + word + ")"
                )

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
