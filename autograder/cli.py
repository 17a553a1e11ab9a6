"""The command line: parse the call, find the homework, run one verb, end with an exit status.

Exit status: 0 done (for ``grade``: graded, whatever the score), 2 the call or a path is wrong, 3
the grader itself failed. `VERBS` lists the verbs; what runs one is imported when it is called, so
that ``grade`` starts as fast as it can.
"""

import argparse
import contextlib
import errno
import importlib
import io
import os
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder import __version__
from autograder.errors import AutograderError, RubricError, UsageError
from autograder.grading.stop import fall_silent
from autograder.homework.find import HANDED_OUT_KEY, find_homework
from autograder.homework.folder import Homework, list_own_verbs
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


def _take_path(name: str, text: str, **about: Any) -> Argument:
    return Argument((name,), {"type": _read_path, "help": text} | about)


def _take_submission(text: str) -> Argument:
    return _take_path("path", text, nargs="?", metavar="submission")


def _take_file(name: str, goes_to: str, text: str, metavar: str = "FILE") -> Argument:
    return _take(name, dest=goes_to, type=Path, metavar=metavar, help=text)


def _take_output(text: str, metavar: str = "FILE") -> Argument:
    return _take_file("--output", "output", text, metavar)


def _take_flag(name: str, goes_to: str, text: str) -> Argument:
    return _take(name, dest=goes_to, action="store_true", help=text)


_WITHOUT = _take(
    "--without",
    action="append",
    default=[],
    choices=layer_names(),
    metavar="LAYER",
    help="leave off a layer of protection that 'doctor' lists (to test the grader itself)",
)
_JSON = _take_file("--json", "json_path", "also write JSON")
_ONLY = _take(
    "--only",
    action="append",
    default=[],
    metavar="NAME",
    help="only this function or file (my_function, my_file.py); may be repeated",
)


@dataclass(frozen=True)
class Verb:
    """One verb: what it is called and does, what runs it, and what it takes.

    It is run by ``module:function`` below ``autograder``; the function gets the homework, where the
    verb is about one at all, and each argument by name.
    """

    name: str
    about: str
    runs: str
    arguments: tuple[Argument, ...]
    #: Whether students have a use for it: the others are not listed for them.
    is_students: bool
    #: None where one that is named or found counts, and none is needed.
    needs_homework: bool | None


def _verb(
    name: str, about: str, runs: str, *arguments: Argument, needs_homework: bool | None = True
) -> Verb:
    is_students = not runs.startswith(("authoring.", "classroom."))
    return Verb(name, about, runs, arguments, is_students, needs_homework)


VERBS = (
    _verb(
        "grade",
        "Grade a submission and print the report.",
        "commands.grade:run_grade",
        _take_submission("a folder, a zip or a notebook; students may leave it out"),
        _JSON,
        _take_file("--html", "html_path", "also write one page of HTML, to look at in a browser"),
        _take_flag("--public", "public_only", "run only the checks that students have"),
        _ONLY,
        _take(
            "--search",
            dest="search_seconds",
            type=float,
            default=0,
            metavar="SECONDS",
            help="search this long for smaller examples to print (staff; scores stay the same)",
        ),
        _WITHOUT,
        _take_flag(
            "--strangers",
            "strangers",
            "refuse to grade if a layer of protection is missing that strangers' code needs",
        ),
        _take(
            "--for",
            dest="audience",
            choices=("staff", "students"),
            default="",
            help="who the report is for: staff, who see everything, or students, who see no"
            " input and no message of hidden checks (default: staff; students, where it"
            " was handed out)",
        ),
    ),
    _verb(
        "watch",
        "Grade on every save and show what changed; Control-C ends it.",
        "commands.watch:run_watch",
        _take_submission("the folder that you work in; students may leave it out"),
        _take_flag(
            "--plain",
            "plain",
            "only add lines, for screen readers (also with NO_COLOR or TERM=dumb, or in a pipe)",
        ),
        _take_file("--html", "html_path", "also write a page, again at each save, to keep open"),
    ),
    _verb(
        "show",
        "Run the 'see it' lines of a message of the report, by its number.",
        "commands.show:run_show",
        _take("number", type=int, metavar="N", help="the message's number"),
        _take_submission("the folder that you work in; students may leave it out"),
        _ONLY,
    ),
    _verb(
        "reset",
        "Put the stub of one function back; your code is kept in a file.",
        "commands.reset:run_reset",
        _take("name", metavar="NAME", help="the function, such as my_function"),
        _take_submission("the folder that you work in; students may leave it out"),
    ),
    _verb(
        "submission",
        "Check a homework folder and zip it for upload.",
        "commands.submission:run_submission",
        _take_submission("the folder with the .py files, or a notebook"),
        _take_output("the zip to write"),
    ),
    _verb(
        "convert",
        "Turn a folder of files into a notebook, or a notebook into files.",
        "commands.convert:run_convert",
        _take_path("source", "a folder with .py files, or a notebook"),
        _take_path("target", "the notebook, or the folder, to write"),
        _take_flag("--force", "force", "overwrite existing files"),
    ),
    _verb(
        "doctor",
        "Show how this machine protects itself from submissions.",
        "commands.doctor:run_doctor",
        _JSON,
        _WITHOUT,
        needs_homework=None,
    ),
    _verb(
        "class",
        "Grade a whole class from a platform's export, and keep a gradebook of it.",
        "classroom.commands.class_verb:run_class",
        _take(
            "words",
            nargs="+",
            metavar="SUBMISSIONS",
            help="the export, a folder or a zip; or, of a class that was graded: accept, undo,"
            " diff, adjust STUDENT, show STUDENT, who, comment CLUSTER TEXT; or unpack EXPORT",
        ),
        _take(
            "--out",
            type=Path,
            required=True,
            metavar="FOLDER",
            help="the class's folder: grades.csv, gradebook, feedback and a page",
        ),
        _take_file("--roster", "roster", "all students (id,name,email), to see who is missing"),
        _take(
            "--from",
            dest="platform",
            default="",
            metavar="PLATFORM",
            help="what the export is of, where that can't be told (canvas, moodle, ...)",
        ),
        _take("--count", default="last", help="which attempt counts: last, best or first"),
        _take("--jobs", type=int, default=0, metavar="N", help="processes (default: one per core)"),
        _take("--scheduler", default="", metavar="ADDRESS", help="a Dask cluster, tls://HOST:PORT"),
        _take_flag("--insecure", "insecure", "allow a cluster without TLS"),
        _take_flag("--fresh", "fresh", "grade everything again"),
        _take_flag("--changed", "changed", "grade only what the change of the key can reach"),
        _take_file("--archive", "archive", "an earlier year's export to compare with", "PATH"),
        _take_file("--fill", "fill", "fill the grades into this gradebook file of the platform"),
        _take("--column", default="", metavar="NAME", help="which column of that file"),
        _take("--points", type=float, metavar="N", help="adjust: points more (or less: -2)"),
        _take("--days", type=float, metavar="N", help="adjust: days more before it is late"),
        _take_flag("--excuse", "excuse", "adjust: the homework does not count for the student"),
        _take("--reason", default="", metavar="TEXT", help="adjust: why; students read it"),
        _take("--mistake", default="", metavar="NAME", help="who: the mistake, or a cluster"),
        _take_flag("--emails", "emails", "who: only e-mail addresses, one a line"),
        needs_homework=None,
    ),
    _verb(
        "new",
        "Write a small homework that works, to start your own from.",
        "authoring.commands.new:run_new",
        _take_path("path", "a new folder", metavar="FOLDER"),
        needs_homework=False,
    ),
    _verb(
        "compile",
        "Compile the answer keys from rubric and solution.",
        "authoring.commands.compile:run_compile",
        _take_flag("--if-stale", "only_if_stale", "only if they are not up to date"),
    ),
    _verb(
        "stubs",
        "Generate the students' stubs and pages from the solution and the handout.",
        "authoring.commands.stubs:run_stubs",
        _take_flag("--check", "check_only", "change nothing; fail if they are out of date"),
    ),
    _verb(
        "explain",
        "Show staff what a check or a function tests, and its inputs.",
        "authoring.commands.explain:run_explain",
        _take("name", nargs="?", help="a check's id or file.function (default: all functions)"),
    ),
    _verb(
        "verify",
        "Let the grader prove itself on submissions with known results.",
        "authoring.commands.verify:run_verify",
        _take("--only", default="", metavar="TEXT", help="only rows with TEXT in the name"),
        _take_flag("--fresh", "fresh", "grade everything again"),
    ),
    _verb(
        "handout",
        "Write the handout as a page of HTML and as a PDF.",
        "authoring.commands.handout:run_handout",
        _take_output("the folder to write them to", "FOLDER"),
    ),
    _verb(
        "release",
        "Build the zip that students get.",
        "authoring.commands.release:run_release",
        _take_output("the zip to write"),
    ),
    _verb(
        "gradescope",
        "Package the grader for Gradescope.",
        "authoring.commands.gradescope:run_gradescope",
        _take_output("the zip to write"),
        _take(
            "--python",
            dest="pythons",
            action="append",
            metavar="VERSION",
            help="include numpy for this Python (default: 3.10 and 3.12); may be repeated",
        ),
    ),
    _verb(
        "gradescope-try",
        "Grade a submission with that package, in Gradescope's layout.",
        "authoring.commands.gradescope_try:run_gradescope_try",
        _take_path("path", "a folder, a zip or a notebook", metavar="submission"),
        _take_file("--keep", "keep", "work in this folder and keep it", "FOLDER"),
    ),
)


#: Under which name a student called this; ``grade.py`` says so (see its `COMMAND`).
COMMAND = "AUTOGRADER_COMMAND"

#: What that script does itself, before it would start this command.
_OF_THE_SCRIPT = {
    "python": "Start a Python that has numpy and your files, or run a file with it.",
    "setup": "Install the grader again.",
}

#: What a write fails with where no reader or no room is left.
_CLOSED = (errno.EPIPE, errno.EINVAL) if os.name == "nt" else (errno.EPIPE,)
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command, of this process's words after ``python -m autograder`` by default.

    Returns the exit status.
    """
    _open_missing_streams()
    for stream in (sys.stdout, sys.stderr):
        # A terminal that lacks a letter costs no one a grade.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    words = _read_help(list(sys.argv[1:] if arguments is None else arguments))
    try:
        try:
            return _run_words(words)
        finally:
            sys.stdout.flush()
    except OSError as error:
        if not _is_of_output(error):
            raise
        fall_silent()
        if error.errno in _CLOSED:
            return 0  # whoever read the output has seen enough
        with contextlib.suppress(OSError):  # the same disk, perhaps
            sys.stderr.write(f"{_name_command()}: the output can't be written: {error.strerror}\n")
        return UsageError.exit_status


def _open_missing_streams() -> None:
    """Lead what was closed (``>&-``) nowhere, so that no other file takes its number."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, "w" if number else "r", closefd=False))  # noqa: SIM115


def _is_of_output(error: OSError) -> bool:
    return error.filename is None and error.errno in _CLOSED + _FULL


def _name_command() -> str:
    return os.environ.get(COMMAND) or "autograder"


def _run_words(words: Sequence[str]) -> int:
    call = _make_parser(words).parse_args(words)
    try:
        return _run(call)
    except UsageError as error:
        sys.stderr.write(f"{_name_command()}: {error}\n")
        return error.exit_status
    except RubricError as error:  # its sentence says whose fault it is: file and line come first
        sys.stderr.write(f"{error}\n")
        if call.traceback:
            traceback.print_exc()
        return error.exit_status
    except AutograderError as error:
        return _blame_the_grader(str(error), error.exit_status, call)
    except ModuleNotFoundError as error:
        if not error.name:
            raise
        sys.stderr.write(f"{_name_command()}: {_explain_missing_module(error.name)}\n")
        return UsageError.exit_status
    except Exception as error:
        if isinstance(error, OSError) and _is_of_output(error):
            raise
        return _blame_the_grader(f"{type(error).__name__}: {error}", 3, call)


def _run(call: argparse.Namespace) -> int:
    # The judge compares small arrays: a pool of threads for linear algebra costs it a tenth.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    others = ("homework", "traceback", "verb", "parser")
    given = {name: value for name, value in vars(call).items() if name not in others}
    if call.verb.needs_homework is None:  # one that is named or found tells its limits
        try:
            given["homework"] = Homework(find_homework(call.homework))
        except UsageError:
            if call.homework is not None:
                raise
    if call.verb.needs_homework:
        submission = given.get("path") or given.get("source")
        homework = Homework(find_homework(call.homework, submission=submission))
        given["homework"] = homework
        if not call.verb.is_students:
            _ = homework.settings  # a misspelled one is told before anything is made
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
        return "this command is for staff: run it with make, in the folder that has the solution"
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
    description = "Grade numpy homework from an answer key."
    parser = argparse.ArgumentParser(
        prog=_name_command(),
        description=description,
        epilog=_describe_script(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    version = f"%(prog)s {__version__} (Python {sys.version.split()[0]})"
    parser.add_argument("--version", action="version", version=version)
    said = "show where the grader itself failed"
    parser.add_argument("--traceback", action="store_true", help=said)
    _add_homework(parser, default=None)
    verbs = parser.add_subparsers(title="verbs", required=True, metavar="VERB")
    named = [verb for verb in VERBS if words[:1] == [verb.name]]
    own = () if named else _find_own_verbs(words)
    # No more than this call takes: each costs half a millisecond.
    for verb in named or (*VERBS, *own):
        # Without a help text it is not listed, and still says what it is.
        listed: dict[str, Any] = {} if _is_hidden(verb) else {"help": verb.about}
        one = verbs.add_parser(verb.name, description=verb.about, **listed)
        _add_homework(one, default=argparse.SUPPRESS)
        for argument in verb.arguments:
            one.add_argument(*argument.names, **argument.about)
        one.set_defaults(verb=verb, parser=one)
        if verb in own:
            one.set_defaults(own_verb=verb.name)
    _refuse_unknown_verb(parser, words, (*VERBS, *own))
    return parser


def _find_own_verbs(words: Sequence[str]) -> tuple[Verb, ...]:
    """Return the verbs of the homework that a call is about, if it can be found, and has any."""
    place = words.index("--homework") + 1 if "--homework" in words else len(words)
    given = [word.partition("=")[2] for word in words if word.startswith("--homework=")]
    try:
        homework = Homework(find_homework(*[Path(word) for word in (*given, *words[place:])[:1]]))
    except UsageError:
        return ()  # the call says so when it looks for it
    verbs = []
    for name, about in list_own_verbs(homework):
        arguments = [_take_submission("a folder, a zip or a notebook; students may leave it out")]
        if name == "".join(words[_find_verb(words) :][:1]):  # its code is loaded for no other call
            from autograder.pictures.experiment import find_own_verb

            own = find_own_verb(homework, name)
            arguments = [
                *[Argument(names, about) for names, about in own.arguments],
                _take_file("--html", "html_path", "also write a page of what there is to see"),
                *arguments,
            ]
        verbs.append(_verb(name, about, "commands.experiment:run_experiment", *arguments))
    return tuple(verbs)


def _add_homework(parser: argparse.ArgumentParser, default: Any) -> None:
    parser.add_argument(
        "--homework",
        type=Path,
        default=default,
        metavar="FOLDER",
        help="the homework's folder (default: the one around the working directory)",
    )


def _is_hidden(verb: Verb) -> bool:
    """Tell whether a verb is of no use here: staff's, where students have the grader installed."""
    return not verb.is_students and not (Path(__file__).parent / "authoring").is_dir()


def _describe_script() -> str:
    if COMMAND not in os.environ:
        return ""
    lines = [f"    {name:<20}{about}\n" for name, about in _OF_THE_SCRIPT.items()]
    return f"and what {_name_command()} does itself:\n{''.join(lines)}"


def _find_verb(words: Sequence[str]) -> int:
    """Return the place of the verb: the first word that is no option of all verbs."""
    place = 0
    while words[place : place + 1] and words[place].startswith("-"):
        place += 2 if words[place] == "--homework" else 1
    return place


def _read_help(words: list[str]) -> list[str]:
    """Return the words with ``help`` and ``help VERB`` as the options that they stand for."""
    place = _find_verb(words)
    if words[place : place + 1] != ["help"]:
        return words
    about = words[place + 1 : place + 2]
    is_own = bool(about) and (about[0] == "help" or about[0] in _OF_THE_SCRIPT)
    return [*words[:place], *([] if is_own else about), "--help"]


def _refuse_unknown_verb(
    parser: argparse.ArgumentParser, words: Sequence[str], verbs: Sequence[Verb]
) -> None:
    """End the call with the closest verbs, if its first word is none of them."""
    verb = "".join(words[_find_verb(words) :][:1])
    if not verb or verb in [known.name for known in verbs]:
        return
    from difflib import get_close_matches

    known = [one.name for one in verbs if not _is_hidden(one)]
    known += list(_OF_THE_SCRIPT) if COMMAND in os.environ else []
    near = get_close_matches(verb, known, n=1)
    meant = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
    parser.error(f"there is no command {verb!r}: {meant}")
