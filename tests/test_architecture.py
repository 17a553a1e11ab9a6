"""Every import points along the design's direction, and a grade loads no more than it needs."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "autograder"
FILES = {
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts): path
    for path in sorted(PACKAGE.rglob("*.py"))
    if not {"container", "files"} & set(path.parts)  # scripts that run alone, elsewhere
}
SOLUTION = frozenset([path.stem for path in (ROOT / "solution").glob("*.py")])

BOTTOM = frozenset(
    {
        "atomic",
        "compare",
        "errors",
        "limits",
        "message",
        "records",
        "results",
        "text",
        "values",
        "vectors",
    }
)

#: For each layer (a module or a package of the grader) all that it may import of the others.
MAY_IMPORT = {
    "": frozenset(),
    "__main__": frozenset({"cli"}),
    "isolation": frozenset(),
    "worker": frozenset({"isolation", "values", "results", "workspace"}),
    "workspace": frozenset(),
    "spawn": frozenset({"errors", "isolation", "worker", "workspace"}),
    "replies": frozenset({"values"}),
    "outcomes": frozenset({"records", "replies", "results"}),
    "workers": BOTTOM | {"isolation", "outcomes", "replies", "spawn", "workspace"},
    "intake": frozenset({"errors", "message", "records", "text"}),
    "key": BOTTOM,
    "roots": frozenset({"errors"}),
    "homework": frozenset({"errors", "key", "roots"}),
    "judge": BOTTOM | {"key"},
    "examination": BOTTOM | {"intake", "judge", "key", "outcomes", "spawn", "workers"},
    "grade": BOTTOM | {"examination", "intake", "judge", "key", "spawn"},
    "saves": frozenset({"errors", "intake"}),
    "pytest_plugin": frozenset(
        {"commands", "errors", "homework", "key", "message", "outputs", "records", "session"}
    ),
    "session": BOTTOM | {"examination", "grade", "intake", "judge", "key", "spawn"},
    "search": BOTTOM
    | {"compiler", "homework", "intake", "judge", "key", "language", "spawn", "workers"},
    "settings": frozenset({"errors", "isolation"}),
    "audience": frozenset({"message", "records", "settings"}),
    "pictures": BOTTOM | {"intake", "key", "outcomes", "spawn", "workers"},
    "outputs": BOTTOM | {"", "audience", "pictures", "settings"},
    "report_file": frozenset({"atomic", "errors", "message", "records"}),
    "progress": frozenset({"records", "report_file", "stop"}),
    "stop": frozenset(),
    "stubs": BOTTOM,
    "language": frozenset({"errors"}),
    "rubric": frozenset({"errors", "language", "values"}),
    "conversion": BOTTOM | {"intake"},
    "compiler": BOTTOM | {"homework", "key", "language"},
    "explanation": BOTTOM | {"judge", "key", "language"},
    "verification": BOTTOM | {"compiler", "homework", "key", "language"},
    "gradescope": frozenset({"errors", "homework"}),
    "grader": frozenset({"errors", "notebook"}),
    "notebook": BOTTOM
    | {
        "handout",
        "homework",
        "intake",
        "key",
        "outputs",
        "pictures",
        "roots",
        "session",
        "spawn",
        "stubs",
    },
    "handout": frozenset({"atomic", "errors", "homework", "key", "stubs"}),
    "release": frozenset({"errors", "homework", "roots", "zips"}),
    "zips": frozenset(),
} | dict.fromkeys(BOTTOM, BOTTOM)

#: What a layer may import beside numpy and the standard library.
OTHER_PACKAGES = {
    "language": {"hypothesis"},
    "compiler": {"hypothesis"},
    "rubric": {"datasets", *SOLUTION},
    "isolation": {"py_landlock", "pyseccomp"},
    "conversion": {"nbformat"},
    "notebook": {"IPython", "nbformat"},
    "outputs": {"jinja2", "markupsafe", "rich"},
    "pytest_plugin": {"pytest"},
    "saves": {"watchfiles"},
    "verification": {"jinja2"},
    "handout": {"jinja2", "latex2mathml", "markdown_it"},
}


def modules(*, but: tuple[str, ...] = ()) -> list[str]:
    """Return every module's name, but for those of some layers."""
    return [name for name in FILES if layer(name) not in but]


def layer(module: str) -> str:
    """Return the layer of one of the grader's modules."""
    return module.partition(".")[0].replace("__init__", "")


def tree(module: str) -> ast.Module:
    return ast.parse(FILES[module].read_text(encoding="utf-8"))


def imported(nodes: Iterator[ast.AST]) -> set[str]:
    """Return the full names of everything that is imported."""
    names = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            names.add(str(node.module))
            if node.module == "autograder":
                names |= {f"autograder.{alias.name}" for alias in node.names}
    return names


def own(names: set[str]) -> set[str]:
    """Return the layers of the grader among imported names."""
    inside = {name.partition(".")[2] for name in names if name.partition(".")[0] == "autograder"}
    return {layer(name) for name in inside if layer(name) in {layer(file) for file in FILES}}


def public_names(module: str) -> list[str]:
    """Return the public functions and classes that a module defines."""
    kinds = (ast.FunctionDef, ast.ClassDef)
    names = [node.name for node in tree(module).body if isinstance(node, kinds)]
    return [name for name in names if not name.startswith("_")]


def declared(module: str) -> list[str] | None:
    """Return ``__all__``, None where there is none."""
    for node in tree(module).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return list(ast.literal_eval(node.value))
    return None


# ---- arrows


@pytest.mark.parametrize("module", modules(but=("commands", "cli")))
def test_a_module_imports_only_what_its_layer_may(module: str) -> None:
    layers = own(imported(ast.walk(tree(module))))
    assert layers - {layer(module)} <= MAY_IMPORT[layer(module)]


@pytest.mark.parametrize("module", modules(but=("cli", "__main__")))
def test_nothing_imports_the_command_line_but_its_entry(module: str) -> None:
    assert "cli" not in own(imported(ast.walk(tree(module))))


@pytest.mark.parametrize("module", modules(but=("cli", "__main__", "commands", "pytest_plugin")))
def test_nothing_below_imports_a_command(module: str) -> None:
    assert "commands" not in own(imported(ast.walk(tree(module))))


def test_the_command_line_imports_each_command_only_when_it_is_called() -> None:
    everything = own(imported(ast.walk(tree("cli"))))
    assert everything == {"commands", "errors", "isolation", "roots", "stop"}
    assert own(imported(iter(tree("cli").body))) == {"errors", "stop"}


def test_the_rubric_is_never_imported_by_name() -> None:
    others = [name for name in FILES if layer(name) != "rubric"]
    assert [name for name in others if "rubric" in own(imported(ast.walk(tree(name))))] == []


@pytest.mark.parametrize("module", modules())
def test_a_module_imports_only_the_packages_that_its_layer_may(module: str) -> None:
    roots = {name.partition(".")[0] for name in imported(ast.walk(tree(module)))}
    allowed = {"autograder", "numpy"} | OTHER_PACKAGES.get(layer(module), set())
    assert roots - sys.stdlib_module_names <= allowed


def test_the_judges_side_knows_of_the_workers_only_how_to_start_them() -> None:
    names = imported(ast.walk(tree("spawn")))
    assert {name for name in names if "worker" in name} == {"autograder.worker.protocol"}


def test_colours_are_imported_only_when_they_are_used() -> None:
    assert not [name for name in imported(iter(tree("outputs.terminal").body)) if "rich" in name]


def test_the_layers_of_the_table_are_those_of_the_package() -> None:
    assert {layer(name) for name in FILES} == {*MAY_IMPORT, "commands", "cli"}


def test_no_arrow_leads_back() -> None:
    below: dict[str, set[str]] = {
        name: own(imported(ast.walk(tree(name)))) - {layer(name)} for name in FILES
    }
    arrows: dict[str, set[str]] = {}
    for name, layers in below.items():
        arrows.setdefault(layer(name), set()).update(layers - {""})
    while arrows:
        ends = [name for name, layers in arrows.items() if not layers & arrows.keys()]
        assert ends, f"a circle among {sorted(arrows)}"
        for name in ends:
            del arrows[name]


# ---- what a grade loads


def loaded(program: str) -> set[str]:
    """Return the modules that a fresh interpreter has loaded after `program`."""
    listing = "\nimport sys; print('\\nloaded', *sys.modules)"
    command = [sys.executable, "-c", program + listing]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.rpartition("\nloaded ")[2].split())


GRADE = """
from autograder.cli import main
main(["grade", "assignment"])
"""


@pytest.mark.parametrize(
    "program", ["import autograder.commands.grade", GRADE], ids=["import", "grade"]
)
def test_a_grade_loads_numpy_and_the_standard_library_alone(
    answer_keys: dict[str, Path], program: str
) -> None:
    modules = loaded(program) - loaded("import numpy")
    roots = {name.partition(".")[0] for name in modules}
    assert "autograder" in roots
    assert roots - sys.stdlib_module_names <= {"autograder", "numpy"}
    layers = {layer(name.partition(".")[2]) for name in modules if name.startswith("autograder.")}
    assert not layers & {"compiler", "language", "rubric", "stubs", "verification", "gradescope"}


def test_starting_workers_needs_the_standard_library_alone() -> None:
    modules = loaded("import autograder.supervisor.spawn") - loaded("")
    roots = {name.partition(".")[0] for name in modules}
    assert roots - sys.stdlib_module_names == {"autograder"}


def test_a_worker_loads_nothing_of_the_judge() -> None:
    modules = loaded("import autograder.worker.serve, autograder.worker.nursery")
    layers = {layer(name.partition(".")[2]) for name in modules if name.startswith("autograder.")}
    assert layers == {"isolation", "worker", "values", "results", "workspace"}


# ---- every module


@pytest.mark.parametrize("module", FILES)
def test_a_module_says_what_it_does(module: str) -> None:
    docstring = ast.get_docstring(tree(module))
    assert docstring
    assert docstring.splitlines()[0].endswith(".")


@pytest.mark.parametrize("module", modules(but=("__main__",)))
def test_a_module_with_public_names_declares_them(module: str) -> None:
    names = declared(module)
    if names is None:
        assert module.endswith("__main__") or public_names(module) == []
        return
    assert len(names) == len(set(names)) > 0
    scope = {
        name.id
        for node in tree(module).body
        for name in ast.walk(node)
        if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
    }
    assert set(names) <= scope | set(public_names(module))
