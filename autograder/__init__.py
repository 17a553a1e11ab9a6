"""Grade numpy homework from an answer key: see ``python -m autograder --help``.

The package root imports nothing, so that a worker process can use the shared bottom (`core`)
without loading the judge, the key or the rubric.
"""

__version__ = "0.1.0"
