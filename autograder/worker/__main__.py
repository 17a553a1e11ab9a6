"""Start a worker, or a nursery that forks workers, in a clean interpreter.

Run as a file (``python -s autograder/worker/__main__.py``), so that nothing but the
interpreter's own libraries and this package is on the path, and that only while the worker loads
itself. The words after it: ``nursery`` or ``worker``, then the layers of protection to leave off.
"""

import os
import sys
from pathlib import Path


def main() -> None:
    """Import the worker's own modules, take the path away again, and serve."""
    _find_packages(Path(__file__).resolve().parents[2])
    from autograder.isolation.protection import Protection
    from autograder.worker.nursery import run_nursery
    from autograder.worker.serve import serve

    role, *without = sys.argv[1:]
    protection = Protection(without)
    if role == "nursery":
        run_nursery(serve, protection)
    else:
        protection.prepare(os.getcwd(), is_nursery=False)
        serve(protection, None)


def _find_packages(folder: Path) -> None:
    """Put the folder around this package on the path, instead of this file's own.

    Where it is installed, that folder has other packages, which may not take the place of a module
    of the standard library; it may be the user's own one, which ``-s`` leaves out.
    """
    del sys.path[0]
    if folder.name not in ("site-packages", "dist-packages"):
        sys.path.insert(0, str(folder))
    elif str(folder) not in sys.path:
        sys.path.append(str(folder))
    numpy = os.environ.pop("AUTOGRADER_NUMPY", "")
    if numpy and numpy not in sys.path:
        sys.path.append(numpy)


if __name__ == "__main__":
    main()
    os._exit(0)  # there is nothing to tidy up, and taking numpy down takes a while
