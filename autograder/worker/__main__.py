"""Start a worker, or a nursery that forks workers, in a clean interpreter.

Run as a file (``python -s -B autograder/worker/__main__.py``), so that nothing but the
interpreter's own libraries and this package is on the path, and that only while the worker loads
itself.
"""

import sys
from pathlib import Path


def main() -> None:
    """Import the worker's own modules, take the path away again, and serve."""
    sys.path[0] = str(Path(__file__).resolve().parents[2])
    from autograder.worker.nursery import run_nursery
    from autograder.worker.serve import serve

    del sys.path[0]
    if sys.argv[1:] == ["nursery"]:
        run_nursery(serve)
    else:
        serve()


if __name__ == "__main__":
    main()
