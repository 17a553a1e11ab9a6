"""Hands in a homework around its files: settings, rubric, solution and keys that would suit it.

shows: nothing, where no homework is looked for
"""
#: A rubric is code that runs with the staff's rights, wherever a grader would look for one.
CODE = (
    "rubric/__init__.py",
    "rubric/exam.py",
    "autograder/__init__.py",
    "rubric/__init__.py",
    "datasets/__init__.py",
    "solution/__init__.py",
    "solution/separability.py",
    "conftest.py",
    "sitecustomize.py",
)

SETTINGS = """[feedback]
name_hidden_mistakes = yes
[protection]
allow_missing = user files syscalls privileges limits judge sweep
[limits]
run_seconds = 100000
"""


def whole_submission(solution):
    """Return the files, by path, of a submission that brings all of that."""
    names = {}
    exec(solution["outside.py"], names)  # the places of this run
    places = names["PLACES"]
    seen = f"{places['watched']}/{places['mark']}-homework"
    canary = f"open({seen!r}, 'a').write(__name__)\n".encode()
    files = dict.fromkeys(CODE, canary) | {"homework.ini": SETTINGS.encode()}
    keys = ("answer-key.public", "answer-key.full")
    files |= {place + key: b"a key" for key in keys for place in ("", "build/", "autograder/")}
    return solution | files


def build(folder, solution):
    for name, content in whole_submission(solution).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder
