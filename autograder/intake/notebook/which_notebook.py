"""Choose what is graded of notebooks: one, or several that complete one another.

A notebook is told by its content, whatever its name is; a file of Python under a name of its own
with the homework's functions, such as an export of a notebook, is one, too.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from autograder.core.message import Place
from autograder.errors import IntakeError
from autograder.intake.listing import File, Listing, listed, shown
from autograder.intake.names import is_notebook, parse_file_name, parse_folder_name
from autograder.intake.notebook.cutting import cut_cells
from autograder.intake.notebook.joining import Source, join, join_with_files, written_in
from autograder.intake.notebook.modules import Made, made_of, started
from autograder.intake.notebook.reading import MAX_CODE_BYTES, Cell, Notebook, read_notebook
from autograder.intake.other_content import decode, is_notebook_content

__all__ = ["count_written", "notebook_modules"]

#: Notebooks that are read to find those with the homework in them: one a part, and some more.
MAX_NOTEBOOKS = 12

#: What Jupyter calls the copies that it saves on its own.
CHECKPOINT = "-checkpoint"

Files = Mapping[str, Collection[str]]
Modules = Mapping[str, File]


@dataclass(frozen=True)
class Choice:
    """What the submission's notebooks come to; None where the Python files are to be taken.

    The remarks are sentences about it; `lost` are those about what is written and not graded.
    """

    made: Made | None
    remarks: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


def notebook_modules(
    listing: Listing,
    files: Files,
    *,
    source: str,
    modules: Modules,
    optional: Collection[str] = (),
) -> Choice:
    """Choose what is graded, where a submission may hold notebooks.

    Its Python files are in `modules`, by their names with ``.py``. `files` has the homework's
    functions; sentences call the submission `source`, and miss nothing of `optional` files. It is
    an `IntakeError` if no notebook can be read, or two could be meant.
    """
    written = {
        name: _written_in_file(modules[f"{name}.py"], files[name])
        for name in files
        if f"{name}.py" in modules
    }
    started_files = [name for name, found in written.items() if found is None or found]
    if started_files:
        whole = _find_whole(started_files, files, modules)
        if whole is None:
            return _beside_files(listing, files, written, optional)
        made = made_of([whole], join([whole], files), files, optional)
        return Choice(made, (*_say_names([whole]),))
    _refuse_several_students(listing.notebooks, source)
    if len(listing.notebooks) > MAX_NOTEBOOKS:
        raise IntakeError(f"{source} has {len(listing.notebooks)} notebooks: submit one")
    sources, problems = _find_sources(listing, files, modules)
    names = [notebook.path.name for notebook in listing.notebooks]
    if not sources:
        if problems and not written:
            raise problems[0]
        told = f"The .py files were taken, not {listed(names)}."
        return Choice(None, (told,) if problems else ())
    read = [one.file for one in sources]
    unread = [file for file in listing.notebooks if file not in read]
    chosen, remarks, lost = _choose(sources, files, source, unread)
    if written and not chosen[0].written:
        return Choice(None)
    if written:
        verb = "was" if len(chosen) == 1 else "were"
        taken = f"{listed([one.name for one in chosen])} {verb} taken"
        remarks = (*remarks, f"{taken}, not the .py files, in which nothing is started.")
    remarks += (*_say_names(chosen),) if not remarks or not _is_script(chosen[0]) else ()
    made = made_of(chosen, join(chosen, files), files, optional)
    return Choice(made, (*remarks, *[f"{error}." for error in problems]), lost)


def _find_whole(started_files: Sequence[str], files: Files, modules: Modules) -> Source | None:
    """Return the only started file of the homework's where it has the functions of others, too."""
    name = started_files[0]
    try:
        found = _read_source(modules[f"{name}.py"], files)
    except IntakeError:
        return None
    others = [set(functions) for file, functions in files.items() if file != name and functions]
    has_more = any([functions <= found.written.keys() for functions in others])
    return found if has_more and not started_files[1:] else None


def count_written(file: File, files: Files) -> int:
    """Return how many of the homework's functions are written in a notebook, 0 if it is unread."""
    try:
        return len(_read_source(file, files).written)
    except IntakeError:
        return 0


# ---- finding what has functions of the homework


def _find_sources(
    listing: Listing, files: Files, modules: Modules
) -> tuple[list[Source], list[IntakeError]]:
    """Return what has functions of the homework; what its name tells first is asked first."""
    count = len({function for functions in files.values() for function in functions})
    sources: list[Source] = []
    problems: list[IntakeError] = []
    for tier in (listing.notebooks, _find_renamed(listing, modules), _find_scripts(modules, files)):
        for file in tier:
            try:
                found = _read_source(file, files)
            except IntakeError as error:
                problems += [error] if ".ipynb" in file.path.name.lower() else []
                continue
            if found.defined or file in listing.notebooks:
                sources.append(found)
        if len({name for one in sources for name in one.written}) == count:
            break
    return sources, problems


def _find_renamed(listing: Listing, modules: Modules) -> Iterator[File]:
    """Yield the notebooks under names of other files."""
    by_name = sorted(listing.renamed, key=lambda file: ".ipynb" not in file.path.name.lower())
    for file in (*modules.values(), *by_name[:MAX_NOTEBOOKS]):
        try:
            if is_notebook_content(file.read()):
                yield file
        except IntakeError:
            continue


def _find_scripts(modules: Modules, files: Files) -> list[File]:
    """Return the files of Python under names of their own that seem to have some function."""
    heads = [f"def {name}(".encode() for functions in files.values() for name in functions]
    found = []
    for name, file in modules.items():
        try:
            content = file.read() if name.removesuffix(".py") not in files else b""
        except IntakeError:
            continue
        if any([head in content for head in heads]):
            found.append(file)
    return found[:MAX_NOTEBOOKS]


def _read_source(file: File, files: Files) -> Source:
    """Read a notebook, or a file of Python as one; an `IntakeError` if that can't be."""
    data, name = file.read(), shown(file.path.name)
    is_script = not (is_notebook(file.path.name) or is_notebook_content(data))
    notebook = _read_script(data, name) if is_script else read_notebook(data, name)
    cut = cut_cells(notebook.cells, own=files)
    written = written_in(cut, files, is_script=is_script)
    defined = len(written) if is_script else started(cut, files)[1]
    return Source(file, notebook, written, defined, cut.written)


def _read_script(data: bytes, name: str) -> Notebook:
    text = decode(data)
    if not isinstance(text, str) or len(text) > MAX_CODE_BYTES:
        raise IntakeError(f"{name} can't be read")
    return Notebook((Cell(1, text, home=Place(name)),))


def _written_in_file(file: File, functions: Collection[str]) -> dict[str, str] | None:
    """Return what is written of a homework's file, None where that can't be told.

    That is an empty dict for what is no Python at all, such as a notebook.
    """
    try:
        data = file.read()
        if is_notebook_content(data):
            return {}
        if len(data) > MAX_CODE_BYTES:
            return None
        text = decode(data)
        own = {"": functions}
        cut = cut_cells([Cell(1, text if isinstance(text, str) else "(")], own=own)
    except IntakeError:
        return None
    is_broken = any([one.problem is not None for one in cut.statements])
    return None if is_broken else written_in(cut, own)


# ---- choosing


def _rank(source: Source) -> tuple[int, int, bool, bool, int]:
    """Return what is larger for the source that is meant."""
    path = source.file.path
    is_named = is_notebook(path.name)
    return len(source.written), source.defined, is_named, not _is_copy(source), -len(path.parts)


def _is_copy(source: Source) -> bool:
    return source.file.path.stem.endswith(CHECKPOINT)


def _choose(
    sources: Sequence[Source], files: Files, source: str, unread: Sequence[File] = ()
) -> tuple[list[Source], tuple[str, ...], tuple[str, ...]]:
    """Return the source with most of the homework, or those that complete one another.

    Beside them are sentences about that, and about what is lost.
    """
    best = max(sources, key=_rank)
    more = [one for one in sources if one is not best and one.written.keys() - best.written.keys()]
    more = [one for one in more if not _is_copy(one)]
    twice = _find_twice([best, *more])
    if more and not twice:
        parts = _find_parts(best, more, files)
        together = listed([one.name for one in parts])
        told = f"{together} were taken together: no function is written twice in them."
        return parts, (told,), ()
    equal = [one for one in sources if _rank(one) == _rank(best) and one is not best]
    if [one for one in equal if one.notebook.cells != best.notebook.cells]:
        names = listed(sorted([f"{one.file.path}" for one in [best, *equal]]))
        written = f" ({listed(twice)} is written in several)" if more else ""
        raise IntakeError(f"{source} has {names}, and each could be meant{written}: submit one")
    seen = [*[one.file for one in sources], *unread]
    others = sorted([f"{file.path}" for file in seen if file is not best.file])
    remarks = [f"{shown(best.file.path)} was taken, not {listed(others)}."] if others else []
    lost = _say_lost(more, best.written.keys(), twice) if more and twice else ()
    return [best], tuple(remarks), lost


def _find_twice(sources: Sequence[Source]) -> list[str]:
    """Return the functions that are written in two ways."""
    texts: dict[str, set[str]] = {}
    for one in sources:
        for name, text in one.written.items():
            texts.setdefault(name, set()).add(text)
    return [name for name, versions in texts.items() if len(versions) > 1]


def _find_parts(best: Source, more: Iterable[Source], files: Files) -> list[Source]:
    """Return the best source and those with what no earlier one has, in the homework's order."""
    parts, found = [best], set(best.written)
    for one in sorted(more, key=_rank, reverse=True):
        if one.written.keys() - found:
            found |= one.written.keys()
            parts.append(one)
    order = [name for functions in files.values() for name in functions]
    return sorted(parts, key=lambda one: min([order.index(name) for name in one.written]))


def _say_lost(
    more: Sequence[Source], taken: Collection[str], twice: Sequence[str]
) -> tuple[str, ...]:
    """Say what is written elsewhere, and can't be taken along."""
    lost = [name for one in more for name in one.written if name not in taken]
    where = listed([one.name for one in more])
    return (
        f"Not graded: {listed(dict.fromkeys(lost))} in {where}, since {listed(twice)} is written"
        " differently there. Put each function in one place only.",
    )


def _is_script(source: Source) -> bool:
    return any([not cell.place.is_in_notebook for cell in source.notebook.cells])


def _say_names(chosen: Sequence[Source]) -> Iterator[str]:
    """Say what was taken under a name that is not a notebook's."""
    for one in chosen:
        if _is_script(one):
            yield f"{one.name} was taken: functions of the homework are in it."
        elif not is_notebook(one.file.path.name):
            yield f"{one.name} was taken as the notebook that it is: rename it to end in .ipynb."
        elif _is_copy(one):
            yield f"{one.name} is a copy that Jupyter saved on its own: is it the newest?"


# ---- beside files of the homework


def _beside_files(
    listing: Listing,
    files: Files,
    written: Mapping[str, dict[str, str] | None],
    optional: Collection[str],
) -> Choice:
    """Take the files in which something is written, and the rest of notebooks, if there is more."""
    given = {name: files[name] for name, found in written.items() if found is None or found}
    sources, unread = [], []
    for file in listing.notebooks[:MAX_NOTEBOOKS]:
        try:
            sources.append(_read_source(file, files))
        except IntakeError:
            unread.append(file.path.name)
    worked = [one for one in sources if one.written]
    named = {function for functions in given.values() for function in functions}
    more = [one for one in worked if one.written.keys() - named and not _is_copy(one)]
    here = {name: text for found in written.values() for name, text in (found or {}).items()}
    twice = {
        name
        for one in more
        for name in one.written.keys() & named
        if one.written[name] != here.get(name)
    }
    twice |= {*_find_twice(more)}
    if more and not twice:
        parts = _find_parts(max(more, key=_rank), more, files)
        rest = {name: functions for name, functions in files.items() if name not in given}
        made = made_of(parts, join_with_files(parts, files, given=given), rest, optional)
        verb = "was" if len(parts) == 1 else "were"
        told = (
            f"{listed([one.name for one in parts])} {verb} taken together with"
            f" {listed([f'{name}.py' for name in given])}: no function is written twice in them."
        )
        return Choice(made, (told,))
    names = [one.file.path.name for one in worked] + unread
    remarks = [f"The .py files were taken, not {listed(names)}."] if names else []
    lost = _say_lost(more, here.keys() | named, sorted(twice)) if more else ()
    return Choice(None, tuple(remarks), lost)


def _refuse_several_students(notebooks: Sequence[File], source: str) -> None:
    found = {}
    for notebook in notebooks:
        parts = [parse_folder_name(part) for part in notebook.path.parts[:-1]]
        for exported in [*parts, parse_file_name(notebook.path.name)]:
            if exported is not None:
                found[exported.platform, exported.student] = exported.name or exported.student
    if len(found) > 1:
        raise IntakeError(
            f"{source} holds the submissions of {len(found)} students ({listed(found.values())}):"
            " grade one of them at a time"
        )
