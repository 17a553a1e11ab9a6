"""What the placeholders of the handout's text may name: points, tables, the grader's own report."""

import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograder.authoring.handed_out import name_folder, read_title
from autograder.authoring.handout.stubs import read_stubs
from autograder.errors import RubricError
from autograder.homework.folder import Homework
from autograder.homework.key import CheckKey, Key

__all__ = ["add_points", "make_placeholders", "sample_report", "say_points"]


def make_placeholders(
    homework: Homework, key: Key, minutes: Mapping[str, int | None]
) -> dict[str, Any]:
    """Return the placeholders by name; `minutes` has what the parts say of their length."""
    counted = [name for name in key.parts if name not in key.bonus]
    public, hidden = (
        sum([add_points(key, name, visibility=half) for name in counted])
        for half in ("public", "hidden")
    )
    first_file, _, first_function = next(iter(key.functions)).partition(".")
    return {
        "title": read_title(homework),
        "folder": name_folder(homework),
        "first_file": first_file,
        "first_function": first_function,
        "functions": sum([len(key.files[name]) for name in counted]),
        "hours": round(sum([minutes[name] or 0 for name in counted]) / 60),
        "public_points": f"{public:g}",
        "hidden_points": f"{hidden:g}",
        "bonus_points": f"{key.worth_of(key.checks, bonus=True) / 100:g}",
        "points": lambda name: f"{add_points(key, name):g}",
        "public_points_of": lambda name: f"{add_points(key, name, visibility='public'):g}",
        "percent": lambda share: f"{share:.0%}",
        "decimals": lambda number: f"{number:.4f}",
        "parts": _tabulate_parts(key, minutes),
        "exam": f"{_say_shares(public, hidden)}\n\n{_tabulate_exam(key)}",
        "report": lambda name, body: sample_report(homework, name, body),
    }


def add_points(key: Key, prefix: str = "", *, visibility: str = "") -> float:
    """Return what all checks are worth, or those of a part or function, or one alone."""
    start = f"{prefix}." if prefix else ""
    checks = [check for check in key.checks if f"{check.id}.".startswith(start)]
    return sum([c.points for c in checks if c.visibility in (visibility or c.visibility)]) / 100


def say_points(points: float) -> str:
    """Return points in words."""
    return f"{points:g} point{'' if points == 1 else 's'}"


def _tabulate_parts(key: Key, minutes: Mapping[str, int | None]) -> str:
    """Return a table of the parts, with a column for the minutes where a part says them."""
    is_timed = any(minutes.values())
    rows = [["part", "about", "points", "minutes"], ["--:", "---", "--:", "--:"]]
    for number, (name, title) in enumerate(key.parts.items(), 1):
        worth = f"{'+' * (name in key.bonus)}{add_points(key, name):g}"
        extra = "extra credit: " * (name in key.bonus)
        about = f"{extra}{title} (`{name}.py`)"
        rows.append([str(number), about, worth, str(minutes[name] or "")])
    counted = [name for name in key.parts if name not in key.bonus]
    whole = str(sum([minutes[name] or 0 for name in counted]))
    worth = f"{sum([add_points(key, name) for name in counted]):g}"
    together = ["", "**together**", f"**{worth}**", f"**{whole}**"]
    rows.insert(2 + len(counted), together)
    return "\n".join([_row(cells if is_timed else cells[:3]) for cells in rows])


def _row(cells: list[str]) -> str:
    return "|".join(["", *[f" {cell} " if cell else " " for cell in cells], ""])


def _say_shares(public: float, hidden: float) -> str:
    if not hidden:
        return f"You can check all {say_points(public)} yourself."
    return (
        f"Of {say_points(public + hidden)}, you can check {public:g} yourself. The other"
        f" {hidden:g}, *in italics*, are checked after you submit."
    )


def _tabulate_exam(key: Key) -> str:
    """Return a table of all points: a row for each function, a column for what most are asked."""
    counts = Counter([check.title for check in key.checks])
    common = [title for title, count in counts.items() if 2 * count > len(key.functions)]
    hidden = {check.title for check in key.checks if check.visibility == "hidden"}
    has_others = len(common) < len(counts)
    heads = [f"*{title}*" if title in hidden else title for title in common]
    heads = ["function", "points", *heads, *(["more"] if has_others else [])]
    rows = [heads, ["---", *["--:"] * (1 + len(common)), *(["---"] if has_others else [])]]
    for name in key.functions:
        own = [check for check in key.checks if check.function == name]
        cells = [_add([check for check in own if check.title == title]) for title in common]
        others = [_name_check(check) for check in own if check.title not in common]
        more = ["; ".join(others)] if has_others else []
        sign = "+" * (name.partition(".")[0] in key.bonus)
        rows.append([f"`{name}`", f"**{sign}{_add(own)}**", *cells, *more])
    return "\n".join([_row(cells) for cells in rows])


def _add(checks: list[CheckKey]) -> str:
    """Return what some checks are worth together, nothing where there are none."""
    return f"{sum([check.points for check in checks]) / 100:g}" if checks else ""


def _name_check(check: CheckKey) -> str:
    said = f"{check.points / 100:g}: {check.title}"
    return f"*{said}*" if check.visibility == "hidden" else said


# ---- the grader's report

#: A grade takes a second; a machine may be busy.
TIMEOUT_SECONDS = 120

#: Where this very grader is found, whatever homework the text is of.
_INSTALLATION = Path(__file__).resolve().parents[3]


def sample_report(homework: Homework, name: str, body: str) -> str:
    """Grade the stubs with one function written, and return what students see.

    `name` is ``file.function``; `body`, one statement, stands in it in place of the stub's last
    line. The homework's public key has to be up to date.

    Raises
    ------
    RubricError
        If there is no such function, or it can't be graded.
    """
    with tempfile.TemporaryDirectory(prefix="sample-") as folder:
        stubs = read_stubs(homework.solution)
        for file, text in (stubs | _write_body(stubs, name, body)).items():
            (Path(folder) / file).write_text(text, encoding="utf-8")
        command = [sys.executable, "-m", "autograder", "--homework", str(homework.root)]
        done = subprocess.run(
            [*command, "grade", folder, "--public", "--for", "students"],
            cwd=_INSTALLATION,
            capture_output=True,
            encoding="utf-8",
            timeout=TIMEOUT_SECONDS,
        )
    if done.returncode:
        raise RubricError(f"the report of {name} can't be made: {done.stderr.strip()}")
    return done.stdout.rstrip("\n")


def _write_body(stubs: dict[str, str], name: str, body: str) -> dict[str, str]:
    """Return the stub of a function with `body` instead of the line that raises."""
    file = f"{name.partition('.')[0]}.py"
    line = rf'raise NotImplementedError\(\s*"{re.escape(name)}: [^\n]*"\s*\)'
    written, count = re.subn(line, lambda _: body, stubs.get(file, ""))
    if count != 1:
        raise RubricError(f"there is no stub of {name} to write into")
    return {file: written}
