"""Find what a submission's files need beside themselves: packages that they import, data they read.

Imports are read off the text and followed, never run. A package is taken whole, as far as the
limits go, since what is imported of it may be decided while it runs. What is needed and can't be
taken is a sentence.
"""

import ast
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from autograder.core.limits import KIB, MIB
from autograder.errors import IntakeError
from autograder.intake.listing import MAX_FILES, MAX_TOTAL_BYTES, File, Listing, shown
from autograder.intake.names import DISCUSSION, folded, is_fit
from autograder.intake.python_source import parsed

__all__ = ["Importer", "Needed", "find_needed"]

#: A longer text is not parsed, nor more of all; imports are looked for by their words.
MAX_PARSED_BYTES = 256 * KIB
MAX_ALL_PARSED_BYTES = 2 * MIB

#: Sentences about what is needed.
MAX_DOUBTS = 5

#: What needs no file of the submission.
ALLOWED = frozenset(sys.stdlib_module_names) | {"numpy"}

#: What reads the file that it is given the name of; what writes one (``savefig``) needs none.
_READERS = frozenset(
    {"Path", "fromfile", "genfromtxt", "imread", "join", "joinpath", "load", "loadmat", "loadtxt"}
    | {"memmap", "open", "read_bytes", "read_csv", "read_json", "read_pickle", "read_table"}
    | {"read_text"}
)

_IMPORT = re.compile(r"\b(?:from|import)[ \t]+(\w+(?:\.\w+)*)")


@dataclass(frozen=True)
class Importer:
    """A text that imports: a module, or one made of a notebook."""

    name: str
    #: The folder in the submission from which its imports are found.
    folder: PurePosixPath
    content: bytes
    #: Whether its statements stand in strings.
    is_notebook: bool = False


@dataclass
class Needed:
    """What is taken beside the modules."""

    #: By the path that it gets, such as ``helpers/stable.py``.
    contents: dict[str, bytes] = field(default_factory=dict)
    #: Sentences about what is needed and can't be taken.
    doubts: list[str] = field(default_factory=list)


def find_needed(importers: Sequence[Importer], listing: Listing, own: Collection[str]) -> Needed:
    """Return what some modules of a submission need of what it holds.

    `own` are the homework's modules, which no package can stand for.
    """
    others = frozenset([path.name for path in listing.others]) - {DISCUSSION}
    search = _Search(importers, listing, own, others)
    plain = [one for one in importers if not one.is_notebook]
    if others or len(listing.files) > len(plain) or importers[len(plain) :]:
        search.follow()
    return Needed(search.contents, [*dict.fromkeys(search.doubts)][:MAX_DOUBTS])


class _Search:
    """One walk along the imports, from file to file."""

    def __init__(
        self,
        importers: Sequence[Importer],
        listing: Listing,
        own: Collection[str],
        others: Collection[str],
    ) -> None:
        self.waiting = [*importers]
        self.modules = {one.name for one in importers}
        self.own, self.others = own, others
        self.files = {file.path: file for file in listing.files}
        self.packages = _find_packages(listing.files, {one.folder for one in importers})
        self.places: dict[str, PurePosixPath] = {}
        for path in self.files:
            self.places.setdefault(path.stem, path)
            self.places.setdefault(path.parent.name, path.parent)
        self.contents: dict[str, bytes] = {}
        self.doubts: list[str] = []
        self.rest = MAX_TOTAL_BYTES - sum([len(one.content) for one in importers])
        self.parsed_rest = MAX_ALL_PARSED_BYTES

    def follow(self) -> None:
        """Take what is imported, and what that imports; name the data that is read."""
        seen = set()
        while self.waiting:
            importer = self.waiting.pop()
            imports, data = self._look_into(importer)
            for dotted in sorted(imports):
                first, _, rest = dotted.partition(".")
                if first == importer.folder.name and rest:  # 'from assignment.helpers import ...'
                    first, _, rest = rest.partition(".")
                wanted = importer.folder, first, rest if first in ALLOWED else ""
                if wanted not in seen:
                    seen.add(wanted)
                    self._take(importer, first, rest.partition(".")[0])
            for name in sorted(data & frozenset(self.others)):
                self.doubts.append(
                    f"{shown(name)} was left out, and {shown(importer.name)} reads it: only .py"
                    " files are graded, so put what is in it into one."
                )

    def _look_into(self, importer: Importer) -> tuple[set[str], set[str]]:
        """Return the full names of what a text may import, and the files that it may read."""
        text, tree = importer.content.decode("utf-8-sig", "replace"), None
        is_short = len(importer.content) <= min(MAX_PARSED_BYTES, self.parsed_rest)
        if is_short and not importer.is_notebook:
            self.parsed_rest -= len(importer.content)
            try:
                tree = parsed(text)
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                return set(), set()
        if tree is None:
            return set(_IMPORT.findall(text)), set()
        # A package's relative imports stay in it.
        imports = _find_imports(tree, has_relative="/" not in importer.name)
        return imports, _find_data(tree) if self.others else set()

    def _take(self, importer: Importer, name: str, inner: str) -> None:
        folder = importer.folder
        package = self.packages.get((folder, name), {})
        if name in ALLOWED:
            if package and inner and f"{name}/{inner}.py" in package:
                self.doubts.append(
                    f"{shown(importer.name)} imports {name}, which is a module of Python and not"
                    f" the folder {name}/: rename the folder."
                )
        elif name in self.own:
            return
        elif package and (f"{name}/__init__.py" in package or f"{name}.py" not in self.modules):
            self._take_files(f"{name}/", package, folder)
        elif f"{name}.py" in self.modules:
            return
        elif folder / f"{name}.py" in self.files:
            self.modules.add(f"{name}.py")
            file = self.files[folder / f"{name}.py"]
            self._take_files(f"{name}.py", {f"{name}.py": file}, folder)
        elif name in self.places:
            self.doubts.append(
                f"{shown(importer.name)} imports {shown(name)}, which is not beside it: move"
                f" {shown(self.places[name])} there."
            )

    def _take_files(self, name: str, files: Mapping[str, File], folder: PurePosixPath) -> None:
        """Take all files of a package, or none of them."""
        if not self.contents.keys().isdisjoint(files):
            return
        contents: dict[str, bytes] = {}
        try:
            _require_room(name, {*self.modules, *self.contents}, files)
            for path, file in files.items():
                contents[path] = file.read()
                self.rest -= len(contents[path])
                if self.rest < 0:
                    raise IntakeError(
                        f"with {shown(name)}, the Python files have more than"
                        f" {MAX_TOTAL_BYTES // MIB} MiB together"
                    )
        except IntakeError as error:
            self.doubts.append(f"{error} ({shown(name)} is imported, and was left out).")
            return
        self.contents |= contents
        self.waiting += [Importer(path, folder, content) for path, content in contents.items()]


def _find_packages(
    files: Iterable[File], folders: Collection[PurePosixPath]
) -> dict[tuple[PurePosixPath, str], dict[str, File]]:
    """Return the files of each folder beside the modules, by the paths from there."""
    packages: dict[tuple[PurePosixPath, str], dict[str, File]] = {}
    for file in files:
        for depth, folder in enumerate([*file.path.parents][1:], 2):
            inner = file.path.parts[-depth:]
            names = (*inner[:-1], file.path.stem)
            is_module = file.path.suffix == ".py" and all([n.isidentifier() for n in names])
            if folder in folders and is_module and all(map(is_fit, inner)):
                packages.setdefault((folder, inner[0]), {})["/".join(inner)] = file
    return packages


def _require_room(name: str, taken: Collection[str], files: Collection[str]) -> None:
    paths = {*taken, *files}
    if len(paths) > MAX_FILES:
        raise IntakeError(f"with {shown(name)}, there are more than {MAX_FILES} Python files")
    if len({folded(path) for path in paths}) < len(paths):
        raise IntakeError(f"{shown(name)} has two files whose names are one name on some systems")


def _find_imports(tree: ast.Module, *, has_relative: bool) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update([alias.name for alias in node.names])
        elif isinstance(node, ast.ImportFrom) and (has_relative or not node.level):
            before = [node.module] if node.module else []
            names.update([".".join([*before, alias.name]) for alias in node.names])
        elif isinstance(node, ast.Call) and _name_of(node.func) in ("import_module", "__import__"):
            names.update(_find_texts(node.args[:1]))
    return {name for name in names if not name.startswith(".")}


def _name_of(node: ast.AST) -> str:
    return str(getattr(node, "attr", "") or getattr(node, "id", ""))


def _find_texts(nodes: Iterable[ast.expr]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _find_data(tree: ast.Module) -> set[str]:
    """Return the names of files, without folders, that a module may read when it is imported."""
    texts: list[str] = []
    for statement in tree.body:
        if isinstance(statement, ast.If) and "__name__" in map(_name_of, ast.walk(statement.test)):
            continue
        for node in ast.walk(statement):
            if isinstance(node, ast.Assign):
                texts += _find_texts([node.value])
            elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
                texts += _find_texts([node.right])
            elif isinstance(node, ast.Call) and _name_of(node.func) in _READERS:
                texts += [] if _is_writing(node) else _find_texts(node.args)
    return {text.replace("\\", "/").rpartition("/")[2] for text in texts}


def _is_writing(call: ast.Call) -> bool:
    modes = [*_find_texts(call.args[1:2]), *_find_texts([word.value for word in call.keywords])]
    return _name_of(call.func) == "open" and any([mode in ("w", "wb", "wt", "x") for mode in modes])
