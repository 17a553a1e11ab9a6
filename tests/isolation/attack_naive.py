"""Grade as many do, without any protection: what the attacks have to succeed against.

``python attack_naive.py SUBMISSION --json FILE``, in the project's folder. Everything that the real
grader avoids is done here: archives are unpacked by their own paths, links are followed, the files
are parsed in the process that writes the report, the students' code runs in a process that holds
the solution and the key and inherits environment and descriptors, and its printed word is believed.
"""

import ast
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import zipfile

FUNCTIONS = ("affine", "compose_affine", "step")
PART = "separability"

POINTS = {"affine": 4.0, "compose_affine": 2.5, "step": 1.5}


def main():
    given, _, report = sys.argv[1:4]
    folder = tempfile.mkdtemp()
    try:
        submission = taken_in(given, folder)
        key = os.open(os.path.join("build", "answer-key.full"), os.O_RDONLY)
        os.set_inheritable(key, True)
        for name in sorted(os.listdir(submission)):
            if name.endswith(".py"):
                with open(os.path.join(submission, name), "rb") as file:
                    ast.parse(file.read(), name)  # to look for forbidden imports
        runs = [judged(submission, phase) for phase in ("public", "hidden")]
        with open(report, "w") as file:
            json.dump(reported(runs), file)
    finally:
        shutil.rmtree(folder)


def taken_in(given, folder):
    if os.path.isdir(given):
        return given
    with zipfile.ZipFile(given) as archive:
        for info in archive.infolist():
            target = os.path.join(folder, info.filename)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            content = archive.read(info)
            if stat.S_ISLNK(info.external_attr >> 16):
                os.symlink(content, target)
            elif not info.is_dir():
                with open(target, "wb") as file:
                    file.write(content)
    return folder


def judged(submission, phase):
    """Return a phase's verdicts, and what was printed beside them."""
    done = subprocess.run(
        [sys.executable, os.path.abspath(__file__), "--child", submission, phase],
        stdout=subprocess.PIPE,
        close_fds=False,
        env={
            **os.environ,
            "PYTHONPATH": submission,
            "PYTHONDONTWRITEBYTECODE": "1",
            "OPENBLAS_NUM_THREADS": "1",  # some attacks work for a process of one thread alone
        },
    )
    verdicts = {}
    printed = []
    for line in done.stdout.decode(errors="replace").splitlines():
        try:
            verdict = json.loads(line)
            verdicts[verdict["function"]] = verdict["right"] or verdicts.get(verdict["function"])
        except (ValueError, LookupError, TypeError):
            printed.append(line)
    if done.returncode == 0:  # 'all tests passed'
        verdicts = dict.fromkeys(FUNCTIONS, True) | verdicts
    return phase, verdicts, "\n".join(printed)


def reported(runs):
    checks = [
        {
            "id": f"{PART}.{function}.{phase}",
            "function": f"{PART}.{function}",
            "score": POINTS[function] / 2 if verdicts.get(function) else 0,
            "visibility": phase,
            "message": "",
        }
        for phase, verdicts, _ in runs
        for function in FUNCTIONS
    ]
    total = 100 - sum(POINTS.values()) + sum([check["score"] for check in checks])
    printed = {PART: "\n".join([text for _, _, text in runs])}
    return {"score": total, "max_score": 100, "checks": checks, "printed": printed}


def run_child(submission, phase):
    """Call the student's functions, and say which are right, on standard output."""
    import importlib.util

    import numpy  # noqa: F401  from the submission's folder, if it has one

    sys.path.append(os.getcwd())
    from autograder.homework.folder import Homework

    key = Homework.here().read_key("full")
    spec = importlib.util.spec_from_file_location("reference", f"solution/{PART}.py")
    reference = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(reference)
    student = importlib.import_module(PART)
    for name in FUNCTIONS:
        function = key.functions[f"{PART}.{name}"]
        cases = [function.arguments(phase, call) for call in range(function.counts[phase])]
        try:
            right = all(
                [compare(getattr(student, name), getattr(reference, name), c) for c in cases]
            )
        except Exception as error:
            right = False
            print(f"{type(error).__name__}: {error}")
        print(json.dumps({"function": name, "right": bool(right)}), flush=True)


def compare(function, reference, arguments):
    import numpy as np

    expected = reference(*[np.array(a) for a in arguments])
    got = function(*[np.array(a) for a in arguments])
    if isinstance(expected, tuple):
        return is_close(got, expected)
    return bool(np.allclose(got, expected))


def is_close(got, expected):
    import numpy as np

    return all([bool(np.allclose(g, e)) for g, e in zip(got, expected, strict=False)])


if __name__ == "__main__":
    if sys.argv[1] == "--child":
        run_child(*sys.argv[2:4])
    else:
        main()
