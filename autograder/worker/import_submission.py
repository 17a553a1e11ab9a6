"""Import the submission's modules: numpy and the standard library beside them, nothing else.

A contract module, helper or package of the student's is found by its name in the submission's
folder. The standard library and numpy come first, so that a helper called ``random.py`` can't take
their place. Any other package counts as not installed, whatever this machine has, so that the grade
is the same everywhere.

An import of a missing package is first refused as Python does it (so ``try: import scipy`` with a
fallback works). Only if that stops the whole file is the file imported again with a stand-in for
the package (`autograder.worker.missing_packages`), which does nothing while the file loads and
raises when a graded function uses it: the import costs the functions that need it, not the file.
"""

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import re
import sys
import traceback
import types
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from autograder.worker.layouts import AROUND, Layouts
from autograder.worker.missing_packages import (
    MissingState,
    NotImportedError,
    StandInLoader,
    is_stand_in_module,
)

__all__ = ["ALLOWED_PACKAGES", "SubmissionImporter"]

ALLOWED_PACKAGES = frozenset(sys.stdlib_module_names) | {"numpy"}

#: The beginning of the standard library's one module whose name depends on the platform.
PLATFORM_MODULE = "_sysconfigdata_"

#: More stand-ins than any homework imports; bounds the attempts at loading one file.
MAX_MISSING_PACKAGES = 20


class SubmissionImporter(importlib.abc.MetaPathFinder):
    """Find the submission's modules, and refuse every other package that is not allowed.

    In its clean `folder`. What is `blocked` is not to be tried again (its import hung or killed a
    worker); each has the sentence to raise instead. `own` are the homework's files, each with its
    functions.
    """

    def __init__(
        self, folder: Path, blocked: Mapping[str, str], own: Mapping[str, tuple[str, ...]]
    ) -> None:
        self.folder = folder
        self.blocked = blocked
        self.own = own
        self.missing: dict[str, MissingState] = {}
        self.layouts = Layouts(folder)
        self._stood_in: list[MissingState] = []

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: types.ModuleType | None = None,
    ) -> importlib.machinery.ModuleSpec | None:
        """Locate module `fullname`; see `importlib.abc.MetaPathFinder.find_spec`."""
        package = fullname.partition(".")[0]
        if package in self.missing:
            return importlib.machinery.ModuleSpec(fullname, StandInLoader(self.missing[package]))
        if fullname in self.blocked:
            raise NotImportedError(self.blocked[fullname], fullname)
        if package in ALLOWED_PACKAGES or package.startswith(PLATFORM_MODULE):
            return None
        spec = self._find(fullname) or self.layouts.find_spec(fullname)
        if spec is None:
            raise ModuleNotFoundError(self._no_module(fullname), name=fullname)
        return spec

    def _find(self, fullname: str) -> importlib.machinery.ModuleSpec | None:
        """Locate a module of the submission as Python does; a file of the homework comes first."""
        parts = fullname.split(".")
        if not all(parts) or not {"/", "\\"}.isdisjoint(fullname):
            return None
        place = self.folder.joinpath(*parts)
        file, start = place.with_name(f"{place.name}.py"), place / "__init__.py"
        if start.is_file() and not (fullname in self.own and file.is_file()):
            return importlib.util.spec_from_file_location(
                fullname,
                start,
                loader=_NamingLoader(fullname, str(start)),
                submodule_search_locations=[str(place)],
            )
        if file.is_file():
            loader = _NamingLoader(fullname, str(file))
            if len(parts) == 1:
                loader = _OwnLoader(fullname, str(file))
                loader.functions = self.own.get(fullname, ())
            return importlib.util.spec_from_file_location(fullname, file, loader=loader)
        if not place.is_dir():
            return None
        spec = importlib.machinery.ModuleSpec(fullname, None, is_package=True)
        spec.submodule_search_locations = [str(place)]
        return spec

    def install(self) -> None:
        """Import by these rules from now on; whoever asks about a missing package gets None."""
        sys.meta_path.insert(0, self)
        find = importlib.util.find_spec

        def find_or_none(
            name: str, package: str | None = None
        ) -> importlib.machinery.ModuleSpec | None:
            try:
                return find(name, package)
            except ModuleNotFoundError:
                return None

        importlib.util.find_spec = find_or_none

    def load(self, name: str) -> types.ModuleType:
        """Import a module of the submission; what its code raises while it loads is raised."""
        for state in self._stood_in:  # what an earlier file took may be used by this one's lines
            state.is_loading = True
        try:
            return self._load(name)
        finally:
            self._retire_stand_ins()

    def _load(self, name: str) -> types.ModuleType:
        for _ in range(MAX_MISSING_PACKAGES):
            try:
                return importlib.import_module(name)
            except (Exception, SystemExit) as error:
                state = self._find_culprit(error)
                if state is None or state.package in self.missing or state.package == name:
                    self._raise_for_stand_in(error)
                    raise
                self.missing[state.package] = state
                self._stood_in.append(state)
                self.layouts.forget()
        return importlib.import_module(name)

    def _raise_for_stand_in(self, error: BaseException) -> None:
        """Raise what names the missing package, where Python wanted more than a stand-in can be."""
        for state in self.missing.values() if isinstance(error, TypeError) else ():
            if re.search(rf"\b{re.escape(state.package)}\b", str(error)):
                raise ModuleNotFoundError(state.sentence, name=state.package).with_traceback(
                    error.__traceback__
                ) from None

    def _find_culprit(self, error: BaseException) -> "MissingState | None":
        """Return what could not be imported, a package or a file of the student's, and why."""
        if isinstance(error, NotImportedError):
            return MissingState(str(error.name), error.sentence, is_own=True, is_broken=True)
        if isinstance(error, ModuleNotFoundError) and error.name:
            package = error.name.partition(".")[0]
            is_found = package in ALLOWED_PACKAGES
            return None if is_found else MissingState(package, str(error), package in self.own)
        places = self._list_places(error)
        own = [(file, line) for file, line in places if self.folder in file.parents]
        if not own:
            return None
        file, line = own[-1][0].relative_to(self.folder), own[-1][1]
        kind = type(error).__name__
        if len(file.parts) == 1:
            sentence = f"{file.stem}.py can't be imported ({kind}): fix it first"
            return MissingState(file.stem, sentence, is_own=True, is_broken=True)
        where = f"{kind} in line {line}" if line else kind
        sentence = f"{file.as_posix()} can't be imported ({where}): fix it first"
        return MissingState(file.parts[0], sentence)

    def _list_places(self, error: BaseException) -> Iterator[tuple[Path, int | None]]:
        """Yield the files and lines that an error came through, the last one last."""
        for frame, line in traceback.walk_tb(error.__traceback__):
            if frame.f_code is _NamingLoader.get_code.__code__:
                place = frame.f_locals["self"].path  # no line of it ran: Python can't read it
                yield Path(place), getattr(error, "lineno", None)
            if frame.f_code.co_name == "<module>":
                yield Path(frame.f_code.co_filename), line

    def _no_module(self, fullname: str) -> str:
        if fullname in self.own:
            return f"{fullname}.py is not in the submission"
        return _no_module(fullname)

    def _retire_stand_ins(self) -> None:
        """From now on, using a missing package raises, and the next file meets it afresh."""
        for state in self._stood_in:
            state.is_loading = False
        for name in [n for n, module in sys.modules.items() if is_stand_in_module(module)]:
            del sys.modules[name]
        self.missing = {}


def _no_module(package: str) -> str:
    return (
        f"No module named '{package}': the homework has numpy and the standard library only,"
        " and the .py files that you submit"
    )


class _NamingLoader(importlib.machinery.SourceFileLoader):
    """Load a file of the submission; where Python can't read it, an exception tells which one."""

    def get_code(self, fullname: str) -> types.CodeType | None:
        """Read and compile a file; a frame of this method says which one could not be."""
        return super().get_code(fullname)


class _OwnLoader(_NamingLoader):
    """Load a file at the top of the submission, which may end by itself."""

    functions: tuple[str, ...] = ()

    def exec_module(self, module: types.ModuleType) -> None:
        """Run a file; one that ends itself well after its last function is complete."""
        module.__package__ = AROUND
        try:
            super().exec_module(module)
        except SystemExit as end:
            is_complete = self.functions and vars(module).keys() >= set(self.functions)
            if end.code or not is_complete or self._is_another_files(end):
                raise

    def _is_another_files(self, end: SystemExit) -> bool:
        """Tell whether a file that this one imports has ended it."""
        frames = [frame for frame, _ in traceback.walk_tb(end.__traceback__)]
        files = {Path(frame.f_code.co_filename) for frame in frames} - {Path(self.path)}
        return any([file.is_relative_to(Path(self.path).parent) for file in files])
