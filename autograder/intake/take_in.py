"""Bring a submission, folder, zip or notebook, into a clean folder of ``.py`` files."""

import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from autograder.core.limits import MIB
from autograder.core.records import CallOutcome, FileState, OtherContent, Raised
from autograder.errors import IntakeError
from autograder.intake.folder import open_folder
from autograder.intake.left_stubs import LeftStub, left_in_file
from autograder.intake.listing import MAX_TOTAL_BYTES, File, Listing, shown
from autograder.intake.misleading_names import remarks_on_names
from autograder.intake.missing import remarks_on
from autograder.intake.names import is_python
from autograder.intake.needed import Importer, find_needed
from autograder.intake.one_file import is_one_file, open_one_file
from autograder.intake.python_version import remarks_on_version
from autograder.intake.which_folder import Chosen, choose

if TYPE_CHECKING:
    from autograder.intake.notebook.modules import Made, Places

__all__ = ["Submission", "take_in"]


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


def take_in(
    path: Path,
    target: Path,
    *,
    wanted: Iterable[str],
    python: str = "",
    optional: Collection[str] = (),
) -> Submission:
    """Copy the submission at `path` into the empty folder `target`.

    It is a folder, a zip file or a notebook, the first two possibly with folders around the files,
    or a link to one. Of `wanted`, the homework's module names, the right folder is told from one
    around it; as a mapping, it has the functions of each, by which they are found in a notebook.
    What needs another Python than the `python` that grades, such as ``3.10``, is a remark. No
    remark says that modules are missing that are `optional`.

    Raises
    ------
    IntakeError
        If `path` is missing or can't be read; the sentence, on one line, says what to do.
    """
    named = wanted if isinstance(wanted, Mapping) else dict.fromkeys(wanted, ())
    functions = {name: tuple(own) for name, own in named.items()}
    with _opened(path) as listing:
        chosen = choose(listing, functions, source=shown(path))
        copied, unread = _read(chosen.modules, functions)
        if unread and listing.is_zip and not (copied or listing.notebooks):
            raise unread[next(iter(unread))]
        held = _hold(chosen, copied)
        made, said, lost = _look_for_notebooks(path, listing, functions, held, optional)
        of_notebooks = made.modules if made else {}
        own = {n: data for n, data in _drop_handed_out(copied).items() if n not in of_notebooks}
        needed = find_needed(_list_importers(own, chosen, made), listing, tuple(functions))
    contents = own | needed.contents | of_notebooks
    _write(contents, target)
    files = {name[:-3] for name in (*own, *needed.contents) if "/" not in name}
    taken = functions.keys() & {name.removesuffix(".py") for name in of_notebooks}
    remarks = [*chosen.remarks, *said, *lost, *[f"{e}{_WAS_LEFT_OUT}" for e in unread.values()]]
    if made is None:
        remarks += _find_values(own, functions)
        asked = [name for name in functions if name not in optional or name in files]
        remarks += remarks_on(sorted(files), asked, listing, chosen.folder, unread)
    else:
        remarks += [*made.remarks, *made.not_run]
    remarks += remarks_on_names(target, functions, is_notebook=made is not None)
    if made is None:
        remarks += remarks_on_version(target, python)
    return Submission(
        target,
        tuple(sorted(files | taken)),
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


def _look_for_notebooks(
    path: Path,
    listing: Listing,
    functions: Mapping[str, tuple[str, ...]],
    modules: Mapping[str, File],
    optional: Collection[str],
) -> "tuple[Made | None, tuple[str, ...], tuple[str, ...]]":
    """Return what the submission's notebooks come to, remarks on it, and those on what is lost."""
    made: Made | None = None
    said: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    if _may_have_notebooks(listing, functions, modules):
        from autograder.intake.notebook.which_notebook import (
            notebook_modules,  # json and ast take long
        )

        choice = notebook_modules(
            listing, functions, source=shown(path), modules=modules, optional=optional
        )
        made, said, lost = choice.made, choice.remarks, choice.lost
    if made is None and (sentence := _refuse_one_file(path, listing)):
        raise IntakeError(sentence)
    return made, said, lost


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
    listing: Listing, functions: Mapping[str, Sequence[str]], modules: Mapping[str, File]
) -> bool:
    """Tell whether a look for notebooks may be worth its time: something is missing, or more."""
    if listing.notebooks or {f"{name}.py" for name in functions} != modules.keys():
        return True
    return any([_has_others(modules[f"{name}.py"].read(), name, functions) for name in functions])


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


def _hold(chosen: Chosen, contents: Mapping[str, bytes]) -> dict[str, File]:
    """Return the files that were read, which are not read again."""
    return {
        name: File(chosen.modules[name].path, partial(bytes, content))
        for name, content in contents.items()
    }


#: What JSON has and Python does not know: it tells so itself.
_NO_NAMES = re.compile(rb"\b(?:null|true|false)\b")


def _find_values(own: Mapping[str, bytes], functions: Iterable[str]) -> tuple[str, ...]:
    """Say of the homework's files that are empty, or a notebook's JSON, what they are.

    Python reads these and finds no function in them: whoever saved them does not see why.
    """
    found = {name: own[f"{name}.py"] for name in functions if f"{name}.py" in own}
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
