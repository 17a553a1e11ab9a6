"""The command line: parse the call, run one verb, turn exceptions into exit statuses.

Exit status: 0 done (for ``grade``: graded, whatever the score), 2 the call or a path is wrong, 3
the grader itself failed. Each verb imports what it needs, so that ``grade`` starts as fast as it
can.
"""

import argparse
import io
import sys
import traceback
from collections.abc import Iterable, Sequence
from pathlib import Path

from autograder.errors import AutograderError, RubricError, UsageError
from autograder.grading.stop import fall_silent

__all__ = ["main"]

#: The verbs that students have a use for.
FOR_STUDENTS = ("grade", "watch", "submission", "convert", "doctor")


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
    call = _parser(words).parse_args(words)
    try:
        status: int = call.run(call)
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
        sys.stderr.write(f"The grader failed, not your code: {error}\n")
        _show_traceback(call)
        return error.exit_status
    except BrokenPipeError:
        fall_silent()
        return 0  # whoever read the output has seen enough
    except Exception as error:
        if isinstance(error, ModuleNotFoundError) and error.name:
            sys.stderr.write(f"autograder: {_missing_module(error.name)}\n")
            return UsageError.exit_status
        sys.stderr.write(f"The grader failed, not your code: {type(error).__name__}: {error}\n")
        _show_traceback(call)
        return 3


def _missing_module(name: str) -> str:
    package = name.partition(".")[0]
    if package in ("autograder", "hypothesis"):
        return "this verb is for staff: run it with make, in the folder that has the solution"
    return (
        f"{package} is not installed in {sys.executable}: run 'python grade.py setup' (staff: 'make"
        f" grade'), which sets it up, or '{sys.executable} -m pip install {package}'"
    )


def _show_traceback(call: argparse.Namespace) -> None:
    if call.traceback:
        traceback.print_exc()
    else:
        sys.stderr.write("(Staff: 'python -m autograder --traceback ...' shows where.)\n")


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="autograder", description="Grade numpy homework from an answer key."
    )
    parser.add_argument(
        "--traceback", action="store_true", help="show where the grader itself failed"
    )
    verbs = parser.add_subparsers(title="verbs", required=True, metavar="VERB")
    _add_grade(verbs)
    _add_watch(verbs)
    _add_compile(verbs)
    _add_stubs(verbs)
    _add_submission(verbs)
    _add_convert(verbs)
    _add_gradescope(verbs)
    _add_gradescope_try(verbs)
    _add_verify(verbs)
    _add_explain(verbs)
    _add_handout(verbs)
    _add_release(verbs)
    _add_doctor(verbs)
    _refuse_unknown_verb(parser, verbs.choices, words)
    return parser


def _refuse_unknown_verb(
    parser: argparse.ArgumentParser, verbs: Iterable[str], words: Sequence[str]
) -> None:
    """End the call with the closest verbs, if its first word is none of them."""
    verb = next(iter([word for word in words if word != "--traceback"]), "-")
    if verb.startswith("-") or verb in verbs:
        return
    from difflib import get_close_matches

    known = [name for name in verbs if not _is_hidden(name)]
    near = get_close_matches(verb, known, n=1)
    meant = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
    parser.error(f"there is no verb {verb!r}: {meant}")


def _is_hidden(verb: str) -> bool:
    """Tell whether a verb is of no use here: staff's, where students have the grader installed."""
    is_students = not (Path(__file__).parent / "authoring").is_dir()
    return is_students and verb not in FOR_STUDENTS


def _path(word: str) -> Path:
    if not word:
        raise argparse.ArgumentTypeError("name a folder, a zip or a notebook")
    return Path(word)


def _submission_path(call: argparse.Namespace) -> Path:
    """Return the path of the call; a student's own, where they have the stubs, without one."""
    if call.submission:
        return Path(call.submission)
    from autograder.homework.find import HANDED_OUT_KEY, find_root

    root = find_root()
    if not (root / HANDED_OUT_KEY).is_file():
        call.parser.error("name the submission: a folder, a zip or a notebook")
    folder = root / "assignment"
    return folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder


def _add_submission_path(parser: argparse.ArgumentParser, text: str) -> None:
    parser.add_argument(
        "submission", type=_path, nargs="?", help=f"{text}; students may leave it out"
    )
    parser.set_defaults(parser=parser)


def _verb(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, text: str
) -> argparse.ArgumentParser:
    if _is_hidden(name):  # without a help text it is not listed, and still says what it is
        return verbs.add_parser(name, description=text)
    return verbs.add_parser(name, help=text, description=text)


def _add_grade(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = _verb(verbs, "grade", "Grade a submission and print the report.")
    _add_submission_path(parser, "a folder or a zip")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the report as JSON")
    parser.add_argument(
        "--html",
        type=Path,
        metavar="FILE",
        help="also write the report as one page of HTML, to look at in a browser",
    )
    parser.add_argument(
        "--public", action="store_true", help="run only the checks that students have"
    )
    parser.add_argument(
        "--search",
        type=float,
        default=0,
        metavar="SECONDS",
        help="search that long for smaller examples to print (staff; the score stays as it is)",
    )
    _add_without(parser)
    parser.add_argument(
        "--strangers",
        action="store_true",
        help="refuse where a layer of protection is missing that strangers' code takes",
    )
    parser.add_argument(
        "--for",
        dest="audience",
        choices=("staff", "students"),
        default="",
        help="whom the report is for: staff, who see all (if not given), or students, who see no"
        " input and no message of hidden checks (if not given, where it was handed out)",
    )
    parser.set_defaults(run=_grade)


def _add_without(parser: argparse.ArgumentParser) -> None:
    from autograder.isolation.layers import layer_names

    parser.add_argument(
        "--without",
        action="append",
        default=[],
        choices=layer_names(),
        metavar="LAYER",
        help="leave off a layer of protection that 'doctor' lists (to test the grader itself)",
    )


def _grade(call: argparse.Namespace) -> int:
    import gc
    import os

    # The judge compares small arrays: a pool of threads for linear algebra, and looking for cyclic
    # garbage in a process that soon ends, cost a tenth of its time each.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    gc.disable()
    from autograder.commands.grade import run_grade

    return run_grade(
        _submission_path(call),
        json_path=call.json,
        html_path=call.html,
        public_only=call.public,
        search_seconds=call.search,
        audience=call.audience,
        without=call.without,
        strangers=call.strangers,
    )


def _add_watch(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = _verb(verbs, "watch", "Grade on every save and show what changed; Control-C ends it.")
    _add_submission_path(parser, "the folder that you work in")
    parser.add_argument(
        "--plain",
        action="store_true",
        help="only add lines: for screen readers; so it does with NO_COLOR or TERM=dumb, or in a"
        " pipe",
    )
    parser.set_defaults(run=_watch)


def _watch(call: argparse.Namespace) -> int:
    import os

    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from autograder.commands.watch.watch import run_watch

    return run_watch(_submission_path(call), plain=call.plain)


def _add_compile(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = _verb(verbs, "compile", "Compile the answer keys from rubric and solution.")
    parser.add_argument("--if-stale", action="store_true", help="only if they are not up to date")
    parser.set_defaults(run=_compile)


def _compile(call: argparse.Namespace) -> int:
    from autograder.authoring.commands.compile import run_compile

    return run_compile(only_if_stale=call.if_stale)


def _add_stubs(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = _verb(
        verbs, "stubs", "Generate the students' stubs and pages from the solution and the handout."
    )
    parser.add_argument(
        "--check", action="store_true", help="change nothing; fail if they have drifted"
    )
    parser.set_defaults(run=_stubs)


def _stubs(call: argparse.Namespace) -> int:
    from autograder.authoring.commands.stubs import run_stubs

    return run_stubs(check_only=call.check)


def _add_submission(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = _verb(verbs, "submission", "Check a homework folder and zip it for upload.")
    _add_submission_path(parser, "the folder with the .py files, or a notebook")
    parser.add_argument("--output", type=Path, metavar="FILE", help="the zip to write")
    parser.set_defaults(run=_submission)


def _submission(call: argparse.Namespace) -> int:
    from autograder.commands.submission.pack import run_submission

    return run_submission(_submission_path(call), output=call.output)


def _add_convert(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = _verb(
        verbs, "convert", "Make a notebook of a folder of files, or files of a notebook."
    )
    parser.add_argument("source", type=_path, help="a folder with .py files, or a notebook")
    parser.add_argument("target", type=_path, help="the notebook, or the folder, to write")
    parser.add_argument("--force", action="store_true", help="overwrite files that are there")
    parser.set_defaults(run=_convert)


def _convert(call: argparse.Namespace) -> int:
    from autograder.commands.convert import run_convert

    return run_convert(call.source, call.target, force=call.force)


def _add_gradescope(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = _verb(verbs, "gradescope", "Package the grader for Gradescope.")
    parser.add_argument("--output", type=Path, metavar="FILE", help="the zip to write")
    parser.add_argument(
        "--python",
        action="append",
        metavar="VERSION",
        help="bring numpy for this Python (3.10 and 3.12 if not given); may be repeated",
    )
    parser.set_defaults(run=_gradescope)


def _gradescope(call: argparse.Namespace) -> int:
    from autograder.authoring.commands.gradescope import run_gradescope

    return run_gradescope(output=call.output, pythons=call.python)


def _add_gradescope_try(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = _verb(
        verbs, "gradescope-try", "Grade a submission with that package, in Gradescope's layout."
    )
    parser.add_argument("submission", type=_path, help="a folder, a zip or a notebook")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="work there and leave it")
    parser.set_defaults(run=_gradescope_try)


def _gradescope_try(call: argparse.Namespace) -> int:
    from autograder.authoring.commands.gradescope import run_gradescope_try

    return run_gradescope_try(call.submission, keep=call.keep)


def _add_verify(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = _verb(
        verbs, "verify", "Let the grader prove itself on submissions whose right verdict is known."
    )
    parser.add_argument(
        "--only", default="", metavar="TEXT", help="only rows with TEXT in the name"
    )
    parser.add_argument("--fresh", action="store_true", help="grade again what is known already")
    parser.set_defaults(run=_verify)


def _verify(call: argparse.Namespace) -> int:
    from autograder.authoring.commands.verify import run_verify

    return run_verify(only=call.only, fresh=call.fresh)


def _add_explain(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = _verb(verbs, "explain", "Show staff what a check or a function asks, and its inputs.")
    parser.add_argument(
        "name", nargs="?", help="a check's id or file.function; all functions if not given"
    )
    parser.set_defaults(run=_explain)


def _explain(call: argparse.Namespace) -> int:
    from autograder.authoring.commands.explain import run_explain

    return run_explain(call.name)


def _add_handout(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = _verb(verbs, "handout", "Write the handout as a page of HTML and as a PDF.")
    parser.add_argument("--output", type=Path, metavar="FOLDER", help="where they go")
    parser.set_defaults(run=_handout)


def _handout(call: argparse.Namespace) -> int:
    from autograder.authoring.commands.handout import run_handout

    return run_handout(output=call.output)


def _add_release(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = _verb(verbs, "release", "Build the zip that students get.")
    parser.add_argument("--output", type=Path, metavar="FILE", help="the zip to write")
    parser.set_defaults(run=_release)


def _release(call: argparse.Namespace) -> int:
    from autograder.authoring.commands.release import run_release

    return run_release(output=call.output)


def _add_doctor(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = _verb(verbs, "doctor", "Show what this machine protects itself with.")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write it as JSON")
    _add_without(parser)
    parser.set_defaults(run=_doctor)


def _doctor(call: argparse.Namespace) -> int:
    from autograder.commands.doctor import run_doctor

    return run_doctor(json_path=call.json, without=call.without)
