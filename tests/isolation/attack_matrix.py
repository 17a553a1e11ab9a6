"""Switch each layer off in turn, and print which attacks only that layer stops.

``python tests/isolation/attack_matrix.py [--user] [--layers NAME ...] [--only TEXT] [--json
FILE]``, in the
project's folder. Every attack of ``tests/attacks`` is graded by the real command with all layers
and with none, and by a grader without any protection (``tests/isolation/attack_naive.py``);
without one layer
those that name it (with ``--every`` all). As root, the grader runs as root; with ``--user`` as a
user without privileges.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parent)]

import attack_corpus as corpus  # noqa: E402
from attack_observer import Finding, graded, naively_graded  # noqa: E402
from attack_stage import UNPRIVILEGED, Template  # noqa: E402

LAYERS = ("user", "files", "syscalls", "network", "limits", "privileges", "judge", "sweep")

#: The columns that are no single layer switched off.
NAIVE, ALL, NONE = "naive", "all", "none"

#: A column with this before a layer's name has that layer alone.
ONLY = "only-"


def main() -> int:
    call = _parser().parse_args()
    columns = call.columns or [NAIVE, ALL, *LAYERS, NONE]
    attacks = [corpus.attack(name) for name in corpus.names() if call.only in name]
    attacks = [attack for attack in attacks if call.slow or not attack.is_slow]
    if os.geteuid() != 0 or call.user:
        attacks = [attack for attack in attacks if not attack.needs_root]
    uid = UNPRIVILEGED if call.user and os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="attacks-") as folder:
        os.chmod(folder, 0o755)
        template = Template(Path(folder))
        found = {}
        for column in columns:
            started = time.monotonic()
            chosen = [
                a for a in attacks if call.every or column not in LAYERS or column in a.layers
            ]
            found[column] = _column(column, chosen, template, uid)
            seconds = time.monotonic() - started
            through = sum([bool(findings) for findings in found[column].values()])
            print(f"{column}: {through} of {len(chosen)} succeed ({seconds:.0f} s)", flush=True)
    if call.json:
        content = {
            c: {n: [[f.kind, f.text] for f in fs] for n, fs in of.items()}
            for c, of in found.items()
        }
        call.json.write_text(json.dumps(content, indent=1))
    _print(found)
    return 0


def _is_for(column: str, attack: corpus.Attack) -> bool:
    """Tell whether an attack can come out differently in a column."""
    if column.startswith(ONLY):
        return bool(attack.layers)
    return column not in LAYERS or column in attack.layers


def _without(column: str) -> tuple[str, ...]:
    """Return the layers that are off in a column."""
    if column.startswith(ONLY):
        return tuple([layer for layer in LAYERS if layer != column.removeprefix(ONLY)])
    return {ALL: (), NONE: LAYERS}.get(column, (column,))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--user", action="store_true", help="grade as a user without privileges")
    parser.add_argument("--slow", action="store_true", help="also what runs into time limits")
    parser.add_argument("--every", action="store_true", help="all attacks in every column")
    parser.add_argument("--columns", nargs="*", help="naive, all, none, LAYER (off), or only-LAYER")
    parser.add_argument("--only", default="", metavar="TEXT", help="attacks with TEXT in the name")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every finding there")
    return parser


def _column(
    column: str, attacks: list[corpus.Attack], template: Template, uid: int | None
) -> dict[str, list[Finding]]:
    def one(attack: corpus.Attack) -> list[Finding]:
        try:
            if column == NAIVE:
                return naively_graded(attack, template)
            return graded(attack, template, uid=uid, without=_without(column))
        except Exception as error:  # one attack must not cost the table of all others
            return [Finding("observer", repr(error))]

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip([a.name for a in attacks], pool.map(one, attacks), strict=True))


def _print(found: dict[str, dict[str, list[Finding]]]) -> None:
    base, bare = found.get(ALL, {}), found.get(NONE, {})
    for column, of in found.items():
        if column == NAIVE:
            title, names = "fail even without protection", [n for n in of if not of[n]]
        elif column.startswith(ONLY):
            title = f"are stopped by '{column.removeprefix(ONLY)}' alone"
            names = [n for n in of if bare.get(n) and not of[n]]
        elif column in LAYERS:
            title = f"get through only without '{column}'"
            names = [n for n in of if of[n] and not base.get(n)]
        else:
            title = "get through with all layers" if column == ALL else "get through with none"
            names = [n for n in of if of[n]]
        print(f"\n{len(names)} {title}:")
        for name in names:
            print(f"    {name:50} {' '.join(sorted({finding.kind for finding in of[name]}))}")


if __name__ == "__main__":
    sys.exit(main())
