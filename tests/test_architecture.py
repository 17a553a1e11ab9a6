"""Every import points along the design's direction, and a grade loads no more than it needs."""

import ast
import functools
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.authoring.handed_out import STAFF_ONLY

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "autograder"
FILES = {
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts): path
    for path in sorted(PACKAGE.rglob("*.py"))
    # But the scripts that run alone, elsewhere.
    if not {"container", "files", "template"} & set(path.relative_to(PACKAGE).parts)
}
#: For each package all others that its modules may import: from the bottom up, no arrow leads back.
BOTTOM = {"", "core", "isolation"}  # "" is the package itself: its version and `errors`
MAY_IMPORT = {
    "core": {""},
    "isolation": set(),
    "homework": BOTTOM,
    "intake": BOTTOM,
    "worker": BOTTOM,
    "supervisor": BOTTOM | {"intake", "worker"},
    "judge": BOTTOM | {"homework"},
    "grading": BOTTOM | {"homework", "intake", "judge", "supervisor"},
    "pictures": BOTTOM | {"homework", "intake", "supervisor"},
    "outputs": BOTTOM | {"grading", "homework", "pictures"},
    "notebook": BOTTOM | {"grading", "homework", "intake", "outputs", "pictures", "supervisor"},
}
#: These put the others together.
MAY_IMPORT["commands"] = BOTTOM | MAY_IMPORT.keys() - {"worker", "notebook"}
MAY_IMPORT["authoring"] = BOTTOM | MAY_IMPORT.keys()
MAY_IMPORT["classroom"] = BOTTOM | MAY_IMPORT.keys() - {"authoring", "notebook", "worker"}

#: Users import these by name: the command, a notebook's `grader`, pytest's plugin.
DOORS = {"__init__", "__main__", "cli", "errors", "grader", "pytest_plugin"}

#: Doors of packages: these list names in `__all__` that they import themselves.
PASS_ON = {
    "__init__",
    "authoring.__init__",
    "classroom.exports.__init__",
    "classroom.gradebooks.__init__",
    "judge.predicates",
}

#: What a package may import beside numpy and the standard library.
OTHER_PACKAGES = {
    "authoring": {"hypothesis", "jinja2", "latex2mathml", "markdown_it", "nbformat"},
    "classroom": {"dask", "distributed", "jinja2", "markupsafe", "rich", "yaml"},
    "commands": {"nbformat", "watchfiles"},
    "intake": {"nbformat"},
    "isolation": {"py_landlock", "pyseccomp"},
    "notebook": {"IPython"},
    "outputs": {"jinja2", "markupsafe", "rich"},
    "": {"pytest"},
}


def package(module: str) -> str:
    """Return the package of one of the grader's modules, "" for those at the top."""
    return module.partition(".")[0] if "." in module else ""


@functools.cache
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
    """Return the packages of the grader among imported names."""
    inside = {name.partition(".")[2] for name in names if name.partition(".")[0] == "autograder"}
    return {
        name.partition(".")[0] if name.partition(".")[0] in MAY_IMPORT else "" for name in inside
    }


def none_in(wrong: dict[str, set[str]]) -> bool:
    """Tell whether no module has an offender; what there is stands in the assertion's message."""
    found = {module: sorted(names) for module, names in wrong.items() if names}
    assert found == {}
    return not found


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


def test_a_module_imports_only_what_its_package_may() -> None:
    wrong = {}
    for module in [name for name in FILES if package(name)]:
        # What staff alone have may be asked for when it is needed, and be missing.
        lazily = {"authoring"} if package(module) == "commands" else set()
        allowed = MAY_IMPORT[package(module)] | {package(module)} | lazily
        wrong[module] = own(imported(ast.walk(tree(module)))) - allowed
    assert none_in(wrong)


def test_every_package_is_in_the_table_and_every_door_is_there() -> None:
    assert {package(name) for name in FILES} - {""} == set(MAY_IMPORT)
    assert {name for name in FILES if package(name) == ""} == DOORS


def test_no_arrow_leads_back() -> None:
    arrows = {name: set(others) - {"", name} for name, others in MAY_IMPORT.items()}
    while arrows:
        ends = [name for name, others in arrows.items() if not others & arrows.keys()]
        assert ends, f"a circle among {sorted(arrows)}"
        for name in ends:
            del arrows[name]


def test_what_is_handed_out_loads_nothing_that_is_not() -> None:
    wrong = {}
    for module in [name for name in FILES if package(name) not in STAFF_ONLY]:
        later = ast.FunctionDef | ast.ClassDef
        at_once = [node for node in tree(module).body if not isinstance(node, later)]
        names = imported(node for top in at_once for node in ast.walk(top))
        wrong[module] = own(names) & set(STAFF_ONLY)
    assert none_in(wrong)


def test_the_command_line_imports_each_command_only_when_it_is_called() -> None:
    assert "commands" not in own(imported(ast.walk(tree("cli"))))


def test_a_module_imports_only_the_libraries_that_it_may() -> None:
    wrong = {}
    for module in FILES:
        roots = {name.partition(".")[0] for name in imported(ast.walk(tree(module)))}
        allowed = {"autograder", "numpy"} | OTHER_PACKAGES.get(package(module), set())
        wrong[module] = roots - sys.stdlib_module_names - allowed
    assert none_in(wrong)


def test_the_judges_side_knows_of_the_workers_only_how_to_start_them() -> None:
    # Verification runs the reference's own mutants where it is, as a worker would.
    others = [name for name in FILES if package(name) not in {"worker", "authoring"}]
    names = [imported(ast.walk(tree(name))) for name in others]
    found = {name for several in names for name in several if name.startswith("autograder.worker")}
    assert found == {"autograder.worker"}


def test_colours_are_imported_only_when_they_are_used() -> None:
    assert not [name for name in imported(iter(tree("outputs.text").body)) if "rich" in name]


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
    assert not [name for name in modules if name.startswith("autograder.authoring")]


def test_starting_workers_needs_the_standard_library_alone() -> None:
    modules = loaded("import autograder.supervisor.spawn") - loaded("")
    roots = {name.partition(".")[0] for name in modules}
    assert roots - sys.stdlib_module_names == {"autograder"}


def test_a_worker_loads_nothing_of_the_judge() -> None:
    modules = loaded("import autograder.worker.serve, autograder.worker.nursery")
    names = {name.partition(".")[2] for name in modules if name.startswith("autograder.")}
    others = {name for name in names if package(name + ".") not in {"isolation", "worker"}}
    assert others == {"core", "core.codec", "core.lookalikes", "core.results"}


# ---- every module


def test_a_module_says_what_it_does() -> None:
    first_lines = {name: (ast.get_docstring(tree(name)) or "").partition("\n")[0] for name in FILES}
    assert [name for name, line in first_lines.items() if not line.endswith(".")] == []


def test_a_module_with_public_names_declares_them() -> None:
    wrong = {}
    for module in [name for name in FILES if not name.endswith("__main__")]:
        names, scope = declared(module), set(public_names(module))
        for node in tree(module).body:
            stored = [n for n in ast.walk(node) if isinstance(n, ast.Name)]
            scope |= {name.id for name in stored if isinstance(name.ctx, ast.Store)}
            if isinstance(node, ast.ImportFrom) and module in PASS_ON:
                scope |= {alias.asname or alias.name for alias in node.names}
        if names is None:
            wrong[module] = set(public_names(module))
        else:
            wrong[module] = set(names) - scope | (
                {"twice"} if len(names) > len(set(names)) else set()
            )
    assert none_in(wrong)
