"""The command line: parse the call, find the homework, run one verb, end with an exit status.

Exit status: 0 done (for ``grade``: graded, whatever the score), 2 the call or a path is wrong, 3
the grader itself failed. `VERBS` lists the verbs; what runs one is imported when it is called, so
that ``grade`` starts as fast as it can.
"""

import argparse
import importlib
import io
import os
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.errors import AutograderError, RubricError, UsageError
from autograder.grading.stop import fall_silent
from autograder.homework.find import HANDED_OUT_KEY, find_homework
from autograder.homework.folder import Homework
from autograder.isolation.layers import layer_names

__all__ = ["VERBS", "main"]


@dataclass(frozen=True)
class Argument:
    """One argument of a verb: its names and what `argparse` is told of it.

    Where it goes is the parameter of that name of the function that runs the verb.
    """

    names: tuple[str, ...]
    about: dict[str, Any]


def _take(*names: str, **about: Any) -> Argument:
    return Argument(names, about)


def _read_path(word: str) -> Path:
    if not word:
        raise argparse.ArgumentTypeError("name a folder, a zip or a notebook")
    return Path(word)


def _take_submission(text: str) -> Argument:
    return _take("path", type=_read_path, nargs="?", metavar="submission", help=text)


def _take_output(text: str, metavar: str = "FILE") -> Argument:
    return _take("--output", type=Path, metavar=metavar, help=text)


_WITHOUT = _take(
    "--without",
    action="append",
    default=[],
    choices=layer_names(),
    metavar="LAYER",
    help="leave off a layer of protection that 'doctor' lists (to test the grader itself)",
)


@dataclass(frozen=True)
class Verb:
    """One verb: what it is called and does, what runs it, and what it takes.

    Attributes
    ----------
    runs : str
        ``module:function`` below ``autograder``; the function gets the homework, and each argument
        by name.
    is_students : bool
        Whether students have a use for it: the others are not listed for them.
    needs_homework : bool
        Whether it is about a homework at all.
    """

    name: str
    about: str
    runs: str
    arguments: tuple[Argument, ...] = ()
    is_students: bool = False
    needs_homework: bool = True


VERBS = (
    Verb(
        "grade",
        "Grade a submission and print the report.",
        "commands.grade:run_grade",
        (
            _take_submission("a folder, a zip or a notebook; students may leave it out"),
            _take("--json", dest="json_path", type=Path, metavar="FILE", help="also write JSON"),
            _take(
                "--html",
                dest="html_path",
                type=Path,
                metavar="FILE",
                help="also write one page of HTML, to look at in a browser",
            ),
            _take(
                "--public",
                dest="public_only",
                action="store_true",
                help="run only the checks that students have",
            ),
            _take(
                "--search",
                dest="search_seconds",
                type=float,
                default=0,
                metavar="SECONDS",
                help="search that long for smaller examples to print (staff; no score changes)",
            ),
            _WITHOUT,
            _take(
                "--strangers",
                action="store_true",
                help="refuse where a layer of protection is missing that strangers' code takes",
            ),
            _take(
                "--for",
                dest="audience",
                choices=("staff", "students"),
                default="",
                help="whom the report is for: staff, who see all (if not given), or students, who"
                " see no input and no message of hidden checks (if not given, where it was handed"
                " out)",
            ),
        ),
        is_students=True,
    ),
    Verb(
        "watch",
        "Grade on every save and show what changed; Control-C ends it.",
        "commands.watch.watch:run_watch",
        (
            _take_submission("the folder that you work in; students may leave it out"),
            _take(
                "--plain",
                action="store_true",
                help="only add lines: for screen readers; so it does with NO_COLOR or TERM=dumb, or"
                " in a pipe",
            ),
        ),
        is_students=True,
    ),
    Verb(
        "submission",
        "Check a homework folder and zip it for upload.",
        "commands.submission.pack:run_submission",
        (
            _take_submission("the folder with the .py files, or a notebook"),
            _take_output("the zip to write"),
        ),
        is_students=True,
    ),
    Verb(
        "convert",
        "Make a notebook of a folder of files, or files of a notebook.",
        "commands.convert:run_convert",
        (
            _take("source", type=_read_path, help="a folder with .py files, or a notebook"),
            _take("target", type=_read_path, help="the notebook, or the folder, to write"),
            _take("--force", action="store_true", help="overwrite files that are there"),
        ),
        is_students=True,
    ),
    Verb(
        "doctor",
        "Show what this machine protects itself with.",
        "commands.doctor:run_doctor",
        (
            _take("--json", dest="json_path", type=Path, metavar="FILE", help="also write JSON"),
            _WITHOUT,
        ),
        is_students=True,
        needs_homework=False,
    ),
    Verb(
        "new",
        "Write a small homework that works as it stands, to begin one's own with.",
        "authoring.commands.new:run_new",
        (_take("path", type=_read_path, metavar="FOLDER", help="a new folder"),),
        needs_homework=False,
    ),
    Verb(
        "compile",
        "Compile the answer keys from rubric and solution.",
        "authoring.commands.compile:run_compile",
        (
            _take(
                "--if-stale",
                dest="only_if_stale",
                action="store_true",
                help="only if they are not up to date",
            ),
        ),
    ),
    Verb(
        "stubs",
        "Generate the students' stubs and pages from the solution and the handout.",
        "authoring.commands.stubs:run_stubs",
        (
            _take(
                "--check",
                dest="check_only",
                action="store_true",
                help="change nothing; fail if they have drifted",
            ),
        ),
    ),
    Verb(
        "explain",
        "Show staff what a check or a function asks, and its inputs.",
        "authoring.commands.explain:run_explain",
        (_take("name", nargs="?", help="a check's id or file.function; all functions without"),),
    ),
    Verb(
        "verify",
        "Let the grader prove itself on submissions whose right verdict is known.",
        "authoring.commands.verify:run_verify",
        (
            _take("--only", default="", metavar="TEXT", help="only rows with TEXT in the name"),
            _take("--fresh", action="store_true", help="grade again what is known already"),
        ),
    ),
    Verb(
        "handout",
        "Write the handout as a page of HTML and as a PDF.",
        "authoring.commands.handout:run_handout",
        (_take_output("where they go", "FOLDER"),),
    ),
    Verb(
        "release",
        "Build the zip that students get.",
        "authoring.commands.release:run_release",
        (_take_output("the zip to write"),),
    ),
    Verb(
        "gradescope",
        "Package the grader for Gradescope.",
        "authoring.commands.gradescope:run_gradescope",
        (
            _take_output("the zip to write"),
            _take(
                "--python",
                dest="pythons",
                action="append",
                metavar="VERSION",
                help="bring numpy for this Python (3.10 and 3.12 if not given); may be repeated",
            ),
        ),
    ),
    Verb(
        "gradescope-try",
        "Grade a submission with that package, in Gradescope's layout.",
        "authoring.commands.gradescope_try:run_gradescope_try",
        (
            _take(
                "path", type=_read_path, metavar="submission", help="a folder, a zip or a notebook"
            ),
            _take("--keep", type=Path, metavar="FOLDER", help="work there and leave it"),
        ),
    ),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Parameters
    ----------
    arguments : sequence of str, optional
        The words after ``python -m autograder``; those of this process by default.

    Returns
    -------
    int
        The exit status.
    """
    for stream in (sys.stdout, sys.stderr):
        # A terminal that lacks a letter costs nobody a grade.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    words = list(sys.argv[1:] if arguments is None else arguments)
    call = _make_parser(words).parse_args(words)
    try:
        status = _run(call)
        sys.stdout.flush()
        return status
    except UsageError as error:
        sys.stderr.write(f"autograder: {error}\n")
        return error.exit_status
    except RubricError as error:  # its sentence says whose fault it is: file and line come first
        sys.stderr.write(f"{error}\n")
        if call.traceback:
            traceback.print_exc()
        return error.exit_status
    except AutograderError as error:
        return _blame_the_grader(str(error), error.exit_status, call)
    except BrokenPipeError:
        fall_silent()
        return 0  # whoever read the output has seen enough
    except ModuleNotFoundError as error:
        if not error.name:
            raise
        sys.stderr.write(f"autograder: {_explain_missing_module(error.name)}\n")
        return UsageError.exit_status
    except Exception as error:
        return _blame_the_grader(f"{type(error).__name__}: {error}", 3, call)


def _run(call: argparse.Namespace) -> int:
    # The judge compares small arrays: a pool of threads for linear algebra costs it a tenth.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    given = {
        name: value
        for name, value in vars(call).items()
        if name not in ("homework", "traceback", "verb", "parser")
    }
    if call.verb.needs_homework:
        homework = Homework(find_homework(call.homework, submission=given.get("path")))
        given["homework"] = homework
        if given.get("path", homework) is None:
            given["path"] = _students_folder(homework, call.parser)
    module, _, function = call.verb.runs.partition(":")
    run = getattr(importlib.import_module(f"autograder.{module}"), function)
    status: int = run(**given)
    return status


def _students_folder(homework: Homework, parser: argparse.ArgumentParser) -> Path:
    """Return the folder of a student's own work, which need not be named."""
    if not (homework.root / HANDED_OUT_KEY).is_file():
        parser.error("name the submission: a folder, a zip or a notebook")
    folder, here = homework.assignment, Path.cwd()
    return folder.relative_to(here) if folder.is_relative_to(here) else folder


def _explain_missing_module(name: str) -> str:
    package = name.partition(".")[0]
    if package in ("autograder", "hypothesis"):
        return "this verb is for staff: run it with make, in the folder that has the solution"
    return (
        f"{package} is not installed in {sys.executable}: run 'python grade.py setup' (staff: 'make"
        f" grade'), which sets it up, or '{sys.executable} -m pip install {package}'"
    )


def _blame_the_grader(sentence: str, status: int, call: argparse.Namespace) -> int:
    sys.stderr.write(f"The grader failed, not your code: {sentence}\n")
    if call.traceback:
        traceback.print_exc()
    else:
        sys.stderr.write("(Staff: 'python -m autograder --traceback ...' shows where.)\n")
    return status


def _make_parser(words: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="autograder", description="Grade numpy homework from an answer key."
    )
    parser.add_argument(
        "--traceback", action="store_true", help="show where the grader itself failed"
    )
    _add_homework(parser, default=None)
    verbs = parser.add_subparsers(title="verbs", required=True, metavar="VERB")
    for verb in VERBS:
        # Without a help text it is not listed, and still says what it is.
        listed: dict[str, Any] = {} if _is_hidden(verb) else {"help": verb.about}
        own = verbs.add_parser(verb.name, description=verb.about, **listed)
        _add_homework(own, default=argparse.SUPPRESS)
        for argument in verb.arguments:
            own.add_argument(*argument.names, **argument.about)
        own.set_defaults(verb=verb, parser=own)
    _refuse_unknown_verb(parser, words)
    return parser


def _add_homework(parser: argparse.ArgumentParser, default: Any) -> None:
    parser.add_argument(
        "--homework",
        type=Path,
        default=default,
        metavar="FOLDER",
        help="the homework that is meant; the one around the working directory if not given",
    )


def _is_hidden(verb: Verb) -> bool:
    """Tell whether a verb is of no use here: staff's, where students have the grader installed."""
    return not verb.is_students and not (Path(__file__).parent / "authoring").is_dir()


def _refuse_unknown_verb(parser: argparse.ArgumentParser, words: Sequence[str]) -> None:
    """End the call with the closest verbs, if its first word is none of them."""
    rest = [word for word in words if word != "--traceback"]
    if rest[:1] == ["--homework"]:
        rest = rest[2:]
    verb = rest[0] if rest else "-"
    if verb.startswith("-") or verb in [known.name for known in VERBS]:
        return
    from difflib import get_close_matches

    known = [one.name for one in VERBS if not _is_hidden(one)]
    near = get_close_matches(verb, known, n=1)
    meant = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
    parser.error(f"there is no verb {verb!r}: {meant}")
