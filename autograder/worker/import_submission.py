"""Import the submission's modules: numpy and the standard library beside them, nothing else.

A contract module, helper or package of the student's is found by its name in the submission's
folder. The standard library and numpy come first, so that a helper called ``random.py`` can't take
their place. Any other package counts as not installed, whatever this machine has, so that the grade
is the same everywhere.

An import of a missing package is first refused as Python does it (so ``try: import scipy`` with a
fallback works). Only if that stops the whole file is the file imported again with a stand-in for
the package, which does nothing while the file loads and raises when a graded function uses it: the
import costs the functions that need it, not the file.
"""

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
import traceback
import types
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

__all__ = ["NotImportedError", "SubmissionImporter", "is_missing"]

ALLOWED_PACKAGES = frozenset(sys.stdlib_module_names) | {"numpy"}

#: The beginning of the standard library's one module whose name depends on the platform.
PLATFORM_MODULE = "_sysconfigdata_"

#: More stand-ins than any homework imports; bounds the attempts at loading one file.
MAX_MISSING_PACKAGES = 20


class NotImportedError(ModuleNotFoundError):
    """A file of the submission can't be imported; reported as Python's own exception.

    The `sentence` says why, `file` is its name without ``.py``, and `wanted` what of it was used,
    as ``file.name``; empty for the file itself.
    """

    def __init__(self, sentence: str, file: str, *, wanted: str = "") -> None:
        super().__init__(f"{wanted}: {sentence}" if wanted else sentence, name=file)
        self.sentence = sentence
        self.facts = {"not_imported": file, "wanted": wanted}


class SubmissionImporter(importlib.abc.MetaPathFinder):
    """Find the submission's modules, and refuse every other package that is not allowed.

    In its clean `folder`. What is `blocked` is not to be tried again (its import hung or killed a
    worker); each has the sentence to raise instead. `own` are the homework's files.
    """

    def __init__(self, folder: Path, blocked: Mapping[str, str], own: Iterable[str]) -> None:
        self.folder = folder
        self.blocked = blocked
        self.own = frozenset(own)
        self.missing: dict[str, MissingState] = {}

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: types.ModuleType | None = None,
    ) -> importlib.machinery.ModuleSpec | None:
        """Locate module `fullname`; see `importlib.abc.MetaPathFinder.find_spec`."""
        package = fullname.partition(".")[0]
        if package in self.missing:
            return importlib.machinery.ModuleSpec(fullname, _MissingLoader(self.missing[package]))
        if fullname in self.blocked:
            raise NotImportedError(self.blocked[fullname], fullname)
        if package in ALLOWED_PACKAGES or package.startswith(PLATFORM_MODULE):
            return None
        spec = self._find(fullname)
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
            inside = [str(place)]
            return importlib.util.spec_from_file_location(
                fullname, start, submodule_search_locations=inside
            )
        if file.is_file():
            return importlib.util.spec_from_file_location(fullname, file)
        if not place.is_dir():
            return None
        spec = importlib.machinery.ModuleSpec(fullname, None, is_package=True)
        spec.submodule_search_locations = [str(place)]
        return spec

    def load(self, name: str) -> types.ModuleType:
        """Import a module of the submission; what its code raises while it loads is raised."""
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
                    raise
                self.missing[state.package] = state
        return importlib.import_module(name)

    def _find_culprit(self, error: BaseException) -> "MissingState | None":
        """Return what could not be imported, a package or a file of the student's, and why."""
        if isinstance(error, NotImportedError):
            return MissingState(str(error.name), error.sentence, is_own=True, is_broken=True)
        if isinstance(error, ModuleNotFoundError) and error.name:
            package = error.name.partition(".")[0]
            is_found = package in ALLOWED_PACKAGES
            return None if is_found else MissingState(package, str(error), package in self.own)
        places: list[tuple[Path, int | None]] = [
            (Path(frame.f_code.co_filename), line)
            for frame, line in traceback.walk_tb(error.__traceback__)
            if frame.f_code.co_name == "<module>"
        ]
        if isinstance(error, SyntaxError) and isinstance(error.filename, str):
            places.append((Path(error.filename), error.lineno))
        own = [(file, line) for file, line in places if self.folder in file.parents]
        if not own:
            return None
        file, line = own[-1][0].relative_to(self.folder), own[-1][1]
        kind = type(error).__name__
        if len(file.parts) == 1:
            sentence = f"{file.stem}.py can't be imported ({kind}): fix it first"
            return MissingState(file.stem, sentence, is_own=True, is_broken=True)
        sentence = f"{file.as_posix()} can't be imported ({kind} in line {line}): fix it first"
        return MissingState(file.parts[0], sentence)

    def _no_module(self, fullname: str) -> str:
        if fullname in self.own:
            return f"{fullname}.py is not in the submission"
        return _no_module(fullname)

    def _retire_stand_ins(self) -> None:
        """From now on, using a missing package raises, and the next file meets it afresh."""
        for state in self.missing.values():
            state.is_loading = False
        for name in [n for n, module in sys.modules.items() if type(module) is _MissingModule]:
            del sys.modules[name]
        self.missing = {}


def _no_module(package: str) -> str:
    return (
        f"No module named '{package}': the homework has numpy and the standard library only,"
        " and the .py files that you submit"
    )


class MissingState:
    """Whether the stand-ins of one missing package are silent (a file is loading) or raise.

    The `sentence` says why it is missing. What was used of it is named if it `is_own`, one of the
    homework's files; it `is_broken` if it is a file of the submission that can't be imported.
    """

    def __init__(
        self, package: str, sentence: str, is_own: bool = False, is_broken: bool = False
    ) -> None:
        self.package = package
        self.sentence = sentence
        self.is_own = is_own
        self.is_broken = is_broken
        self.is_loading = True

    def raise_for(self, name: str) -> None:
        """Raise what tells that `name` was used."""
        if self.is_broken:
            raise NotImportedError(self.sentence, self.package, wanted=name)
        sentence = f"{name}: {self.sentence}" if self.is_own else self.sentence
        raise ModuleNotFoundError(sentence, name=self.package)


class _MissingThing:
    """What a missing package, or anything taken from it, is while a file loads."""

    def __init__(self, state: MissingState, name: str) -> None:
        self.__dict__["_missing_state"] = state
        self.__dict__["_missing_name"] = name

    def _use(self) -> "_MissingThing":
        state: MissingState = self.__dict__["_missing_state"]
        if not state.is_loading:
            state.raise_for(self.__dict__["_missing_name"])
        return self

    def __getattr__(self, name: str) -> "_MissingThing":
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        inner = f"{self.__dict__['_missing_name']}.{name}"
        return _MissingThing(self.__dict__["_missing_state"], inner)._use()

    def __call__(self, *args: Any, **kwargs: Any) -> "_MissingThing":
        return self._use()

    def __getitem__(self, item: Any) -> "_MissingThing":
        return self._use()

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        return ()

    def __enter__(self) -> "_MissingThing":
        return self._use()

    def __exit__(self, *exception: object) -> None:
        return None

    def __iter__(self) -> Iterator["_MissingThing"]:
        self._use()
        return iter(())


def _calculate(self: _MissingThing, *_: Any) -> _MissingThing:
    """Stand in for any operator."""
    return self._use()


for _operator in ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul"]:
    setattr(_MissingThing, f"__{_operator}__", _calculate)
    setattr(_MissingThing, f"__r{_operator}__", _calculate)
for _operator in ["neg", "pos", "abs", "lt", "le", "gt", "ge"]:
    setattr(_MissingThing, f"__{_operator}__", _calculate)


class _MissingModule(types.ModuleType):
    """A missing package as ``import`` sees it."""

    def __getattr__(self, name: str) -> Any:
        if name in ("__path__", "__all__") or name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.__dict__["_missing_thing"], name)


class _MissingLoader(importlib.abc.Loader):
    def __init__(self, state: MissingState) -> None:
        self.state = state

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        module = _MissingModule(spec.name)
        module.__dict__["_missing_thing"] = _MissingThing(self.state, spec.name)
        module.__dict__["__path__"] = []  # a package: its submodules are missing in the same way
        return module

    def exec_module(self, module: types.ModuleType) -> None:
        return None


def is_missing(thing: object) -> bool:
    """Tell whether `thing` is a stand-in for something of a missing package."""
    return isinstance(thing, _MissingThing)
