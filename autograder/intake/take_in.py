"""Bring a submission, folder, zip or notebook, into a clean folder of ``.py`` files.

What is missing is said, with what may be meant: a file of the homework, or the submission itself.
"""

import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from autograder.core.limits import MIB
from autograder.core.lookalikes import letters_as_seen, name_lookalike
from autograder.core.records import CallOutcome, FileState, OtherContent, Raised
from autograder.errors import IntakeError
from autograder.intake.folder import open_folder
from autograder.intake.left_stubs import LeftStub, left_in_file
from autograder.intake.listing import MAX_TOTAL_BYTES, File, Listing, listed, shown
from autograder.intake.misleading_names import remarks_on_names
from autograder.intake.names import DISCUSSION, is_python
from autograder.intake.needed import Importer, find_needed
from autograder.intake.one_file import is_one_file, open_one_file
from autograder.intake.python_version import remarks_on_version
from autograder.intake.which_folder import Chosen, choose

if TYPE_CHECKING:
    from autograder.intake.notebook.modules import Made, Places

__all__ = ["Submission", "no_submission_at", "remarks_on", "take_in"]


@dataclass(frozen=True)
class Submission:
    """A submission that was taken in, to a clean folder."""

    folder: Path
    #: The names of its modules, without ``.py``, sorted.
    files: tuple[str, ...]
    #: Remarks for the student, such as a file that is misnamed: clean text, one line each.
    notes: tuple[str, ...]
    #: For a notebook, where in it what is in its modules. The module that runs its statements is
    #: not one of `files`.
    places: "Places | None" = None
    #: Those of the notes that are about a notebook's calls that are not made and may be missed.
    not_run: tuple[str, ...] = ()
    #: The notebooks that were taken, inside the submission, and files of Python that are such; none
    #: where the homework's files were.
    notebooks: tuple[PurePosixPath, ...] = ()
    #: The modules that were made of them, and how many functions are written in them.
    made: frozenset[str] = frozenset()
    written: int = 0
    #: Those of the notes that are about functions that are written and not graded.
    lost: tuple[str, ...] = ()
    #: What lies further in: the files of packages that are imported, such as
    #: ``helpers/stable.py``, sorted.
    inner: tuple[str, ...] = ()
    #: Those of the notes by which something that the student counts on may not be graded.
    doubts: tuple[str, ...] = ()
    #: What keeps functions that someone wrote from running.
    left: tuple[LeftStub, ...] = ()
    _recognized: dict[str, OtherContent | None] = field(
        default_factory=dict, compare=False, repr=False
    )

    def explain_file(self, file: str, state: FileState) -> FileState:
        """Return what became of a file, with the cells or the content that explain an exception."""
        if not isinstance(state.problem, Raised):
            return state
        return replace(state, problem=self._explain_exception(state.problem, file))

    def explain(self, outcome: CallOutcome) -> CallOutcome:
        """Return what a call came to, explained in the same way."""
        return self._explain_exception(outcome) if isinstance(outcome, Raised) else outcome

    def _explain_exception(self, raised: Raised, file: str = "") -> Raised:
        culprit = raised.not_imported or file
        is_file = self.places is None or culprit in self.places.files
        if self.places is not None:
            raised = self.places.located(raised)
        if not culprit or not is_file:
            return raised
        return replace(raised, instead=self._recognize(culprit))

    def _recognize(self, file: str) -> OtherContent | None:
        """Return what a file holds instead of Python; it is read only when asked for, once."""
        if file not in self.files:
            return None
        if file not in self._recognized:
            self._recognized[file] = _recognize(self.folder / f"{file}.py")
        return self._recognized[file]


def _recognize(path: Path) -> OtherContent | None:
    from autograder.intake.other_content import recognize  # seldom needed, and takes long

    try:
        return recognize(path.read_bytes())
    except OSError:
        return None


def take_in(path: Path, target: Path, *, wanted: Iterable[str], python: str = "") -> Submission:
    """Copy the submission at `path` into the empty folder `target`.

    It is a folder, a zip file or a notebook, the first two possibly with folders around the files,
    or a link to one. Of `wanted`, the homework's module names, the right folder is told from one
    around it; as a mapping, it has the functions of each, by which they are found in a notebook.
    What needs another Python than the `python` that grades, such as ``3.10``, is a remark.

    Raises
    ------
    IntakeError
        If `path` is missing or can't be read; the sentence, on one line, says what to do.
    """
    named = wanted if isinstance(wanted, Mapping) else dict.fromkeys(wanted, ())
    functions = {name: tuple(own) for name, own in named.items()}
    names = tuple(functions)
    source = shown(path)
    with _opened(path) as listing:
        chosen = choose(listing, functions, source=source)
        copied, problems = _read(chosen.modules, names)
        if problems and listing.is_zip and not (copied or listing.notebooks):
            raise problems[next(iter(problems))]
        made, remarks = None, chosen.remarks
        lost: tuple[str, ...] = ()
        held = {name: _hold(chosen.modules[name], copied[name]) for name in copied}
        if _may_have_notebooks(listing, functions, copied):
            from autograder.intake.notebook.which_notebook import (
                notebook_modules,  # json and ast take long
            )

            choice = notebook_modules(listing, functions, source=source, modules=held)
            made, lost = choice.made, choice.lost
            remarks += choice.remarks + lost
        if made is None and (sentence := _refuse_one_file(path, listing)):
            raise IntakeError(sentence)
        of_notebooks = made.modules if made else {}
        own = {n: data for n, data in _drop_handed_out(copied).items() if n not in of_notebooks}
        needed = find_needed(_list_importers(own, chosen, made), listing, names)
    contents = own | needed.contents | of_notebooks
    remarks += tuple([f"{error}{_WAS_LEFT_OUT}" for error in problems.values()])
    files = [name[:-3] for name in (*own, *needed.contents) if "/" not in name]
    taken = {name.removesuffix(".py") for name in of_notebooks}.intersection(names)
    if made is None:
        remarks += _find_values({name: own[f"{name}.py"] for name in names if f"{name}.py" in own})
        remarks += remarks_on(files, names, listing, chosen.folder, unread=problems)
    else:
        remarks += made.remarks + made.not_run
    _write(contents, target)
    remarks += remarks_on_names(target, functions, is_notebook=made is not None)
    if made is None:
        remarks += remarks_on_version(target, python)
    return Submission(
        target,
        tuple(sorted({*files, *taken})),
        (*remarks, *needed.doubts),
        made.places if made else None,
        made.not_run if made else (),
        made.notebooks if made else (),
        frozenset(taken),
        made.written if made else 0,
        lost,
        inner=tuple(sorted([name for name in contents if "/" in name])),
        doubts=(*chosen.doubts, *needed.doubts),
        left=(*_find_left(own, functions), *(made.left if made else ())),
    )


def _find_left(
    own: Mapping[str, bytes], functions: Mapping[str, tuple[str, ...]]
) -> Iterator[LeftStub]:
    for file, names in functions.items():
        if f"{file}.py" in own:
            yield from left_in_file(file, own[f"{file}.py"], names)


def _drop_handed_out(modules: Mapping[str, bytes]) -> dict[str, bytes]:
    """Leave out what the homework brings for its own use, where nothing imports it."""
    whole = b"\n".join(modules.values())
    return {
        name: content
        for name, content in modules.items()
        if name not in HANDED_OUT
        or re.search(rb"(?:import|from)[ \t]+%b\b" % name[:-3].encode(), whole)
    }


def _list_importers(
    own: Mapping[str, bytes], chosen: Chosen, made: "Made | None"
) -> list[Importer]:
    """Return what imports, each with the folder from which it does."""
    importers = [
        Importer(name, chosen.modules[name].path.parent, content) for name, content in own.items()
    ]
    if made is not None and made.notebooks:
        folder = made.notebooks[0].parent
        importers += [
            Importer(name, folder, content, is_notebook=True)
            for name, content in made.modules.items()
        ]
    return importers


def _refuse_one_file(path: Path, listing: Listing) -> str:
    """Return why one file that was named can't be taken by itself; empty for anything else."""
    name = shown(path)
    if os.path.isdir(path):
        return ""
    if is_python(path.name):
        return f"{name} is one file: give the folder that it is in, {shown(path.parent)}"
    if listing.renamed and not listing.notebooks and not listing.others:
        return f"{name} is no notebook with functions of the homework: submit the .py files"
    return ""


def _may_have_notebooks(
    listing: Listing, functions: Mapping[str, Sequence[str]], modules: Mapping[str, bytes]
) -> bool:
    """Tell whether a look for notebooks may be worth its time: something is missing, or more."""
    if listing.notebooks or {f"{name}.py" for name in functions} != modules.keys():
        return True
    return any([_has_others(modules[f"{name}.py"], name, functions) for name in functions])


def _has_others(content: bytes, name: str, functions: Mapping[str, Sequence[str]]) -> bool:
    """Tell whether a file of the homework's seems to have all functions of another one."""
    others = [own for other, own in functions.items() if other != name and own]
    return any([all([f"def {one}(".encode() in content for one in own]) for own in others])


def _opened(path: Path) -> AbstractContextManager[Listing]:
    if os.path.isdir(path):
        return open_folder(path)
    if is_one_file(path):
        return open_one_file(path)
    from autograder.intake.archive import open_zip  # zipfile alone takes as long as all the rest

    return open_zip(path)


#: Python that is handed out with a homework and is no part of anyone's work.
HANDED_OUT = frozenset({"conftest.py", "grade.py"})

#: What follows a sentence about a file that can't be read.
_WAS_LEFT_OUT = " (it was left out)."


def _read(
    modules: Mapping[str, File], wanted: Collection[str]
) -> tuple[dict[str, bytes], dict[str, IntakeError]]:
    """Read the files, the homework's first; one that can't be read costs itself."""
    contents, problems, rest = {}, {}, MAX_TOTAL_BYTES
    for name in sorted(modules, key=lambda name: (name[:-3] not in wanted, name)):
        try:
            content = modules[name].read()
            if len(content) > rest:
                raise IntakeError(
                    f"with {shown(name)}, the Python files have more than"
                    f" {MAX_TOTAL_BYTES // MIB} MiB together: is it the right file?"
                )
        except IntakeError as error:
            problems[name] = error
        else:
            rest -= len(content)
            contents[name] = content
    return contents, problems


def _hold(file: File, content: bytes) -> File:
    """Return a file that was read already."""
    return File(file.path, lambda: content)


#: What JSON has and Python does not know: it tells so itself.
_NO_NAMES = re.compile(rb"\b(?:null|true|false)\b")


def _find_values(found: Mapping[str, bytes]) -> tuple[str, ...]:
    """Say of the homework's files that are empty, or a notebook's JSON, what they are.

    Python reads these and finds no function in them: whoever saved them does not see why.
    """
    odd = {name: data for name, data in found.items() if data.lstrip()[:1] in b"{"}
    odd = {name: data for name, data in odd.items() if not _NO_NAMES.search(data)}
    if not odd:
        return ()
    from autograder.intake.other_content import recognize  # takes long

    contents = {name: recognize(data) for name, data in odd.items()}
    return tuple([f"{one.say(f'{name}.py')}." for name, one in contents.items() if one])


def _write(modules: Mapping[str, bytes], target: Path) -> None:
    folders = {folder for name in modules for folder in PurePosixPath(name).parents}
    for folder in sorted({PurePosixPath(), *folders}):
        (target / folder).mkdir(parents=True, exist_ok=True)
        (target / folder).chmod(0o755)  # whatever the mask: a worker may have a user of its own
    for name, content in modules.items():
        (target / name).write_bytes(content)
        (target / name).chmod(0o644)


#: Things that are left out of which each gets a sentence of its own.
MAX_LEFT_OUT = 5

#: What holds or could have held Python files.
EXPORTS = (".html", ".htm", ".pdf", ".docx", ".doc", ".md", ".tex", ".rst", ".mht", ".webarchive")
NO_EXPORTS = frozenset({DISCUSSION, "readme.md"})
PACKED = (".zip", ".rar", ".7z", ".gz", ".tgz", ".tar", ".xz", ".bz2")


def remarks_on(
    files: Sequence[str],
    wanted: Sequence[str],
    listing: Listing,
    folder: PurePosixPath,
    unread: Collection[str] = (),
) -> tuple[str, ...]:
    """Return what a student has to know about what is missing beside `files`, or was left out.

    Of those that are `unread`, with ``.py``, something else is said.
    """
    others = [path.name for path in listing.others if path.parent == folder]
    left_out = {PurePosixPath(one.name) for one in listing.left_out}
    said = {name for name in wanted if folder / f"{name}.py" in left_out or f"{name}.py" in unread}
    looked_for = [name for name in wanted if name not in said]
    instead = _instead(listing) if set(wanted).isdisjoint(files) else ()
    return (*_missing(files, looked_for, others), *instead, *_left_out(listing))


def _missing(files: Sequence[str], wanted: Sequence[str], others: Sequence[str]) -> list[str]:
    helpers = [file for file in files if file not in wanted]
    meant = {name: _meant(name, helpers, others) for name in wanted if name not in files}
    if meant and len(meant) == len(wanted) and not any(meant.values()):
        return [f"None of the homework's files is here: {', '.join([f'{n}.py' for n in wanted])}."]
    return [
        f"{name}.py is not in the submission{_say_meant(other) if other else ''}."
        for name, other in meant.items()
    ]


def _say_meant(other: str) -> str:
    lookalike = name_lookalike(other)
    reason = f": its name has {lookalike}" if lookalike else ""
    return f" (rename {shown(other)}{'' if reason else '?'}{reason})"


def _meant(name: str, helpers: Sequence[str], others: Sequence[str]) -> str:
    """Return which of the other files may be the one called `name`, empty for none."""
    import difflib  # seldom needed

    by_lower = {letters_as_seen(helper).lower(): helper for helper in reversed(helpers)}
    copies = [lower for lower in by_lower if lower.startswith(name)]  # 'train - copy'
    near = copies[-1:] or difflib.get_close_matches(name, by_lower, n=1, cutoff=0.75)
    if near:
        return f"{by_lower[near[0]]}.py"
    endings = ("", ".txt", ".py.txt", ".py.text")  # as editors add them
    return next((o for o in others if o.lower() in [f"{name}{end}" for end in endings]), "")


def _instead(listing: Listing) -> Iterator[str]:
    """Say what to do with what is there instead of the homework's files."""
    exports = [path for path in listing.others if path.suffix.lower() in EXPORTS]
    exports = [path for path in exports if path.name.lower() not in NO_EXPORTS]
    if exports and not listing.notebooks and not listing.files:
        yield (
            f"No Python file is in it, but {listed(exports)}: what a notebook was printed or"
            " exported to can't be graded. Submit the notebook itself (.ipynb); Colab has it under"
            " File, Download."
        )
    packed = [path for path in listing.others if path.suffix.lower() in PACKED]
    if packed and listing.files:
        yield f"Is the homework in {listed(packed)}? Unpack that, and submit what is in it."
    elif packed:
        yield (
            f"No Python file is in it, but {listed(packed)}: unpack that, and submit what is in it."
        )


def _left_out(listing: Listing) -> Iterator[str]:
    for left_out in listing.left_out[:MAX_LEFT_OUT]:
        yield f"{shown(left_out.name)} was left out: {left_out.reason}."
    more = len(listing.left_out) - MAX_LEFT_OUT
    if more > 0:
        yield f"{more} more {'was' if more == 1 else 'were'} left out for such reasons."


def no_submission_at(path: Path) -> str:
    """Return the sentence about a submission that is missing, with what is there of that name."""
    sentence = f"there is no folder, zip or notebook at {shown(path)}"
    near = _find_near(path)
    if near is not None:
        return f"{sentence}: did you mean {shown(near)}?"
    here = shown(os.getcwd())
    where = "" if path.is_absolute() else f" (this runs in {here})"
    return f"{sentence}: check the path{where}"


def _find_near(path: Path) -> Path | None:
    """Return what is there under nearly the same name, here, one folder up, or further down."""
    import difflib  # seldom needed

    for folder in (path.parent, Path(), Path("..")):
        try:
            names = sorted([entry.name for entry in os.scandir(folder)])
        except (OSError, ValueError):
            continue
        lower = {name.lower(): name for name in reversed(names)}
        near = difflib.get_close_matches(path.name.lower(), lower, n=1, cutoff=0.75)
        if near:
            return folder / lower[near[0]]
    return None
