"""Any bytes at all are taken in as a clean folder or refused with one sentence."""

import json
import random
import zlib
from pathlib import Path

from crafted_zips import Entry, craft
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from intake_checks import assert_clean_intake

any_bytes = settings(
    derandomize=True,
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # the folder is empty each time
)

NAMES = [
    "forward.py",
    "Forward.py",
    "FORWARD.PY",
    "forward (1).py",
    "forward-2.py",
    "forward.py.",
    "train.py",
    "doe_1_2_train.py",
    "roe_LATE_3_4_train-1.py",
    "Jane_5_assignsubmission_file_updates.py",
    "größe.py",
    "gro\u0308ße.py",
    "._forward.py",
    ".py",
    "",
    "a\0b.py",
    "a\n\x1b[31m\u202eb.py",
    "notes.txt",
    "forward.py.txt",
    "inner.zip",
    "CON.py",
    "x" * 300 + ".py",
]
FOLDERS = [
    "",
    "hw/",
    "hw\\",
    "../",
    "/",
    "//x/",
    "C:/",
    "C:\\",
    "./",
    "hw/./",
    "hw//",
    "a/../../",
    "__MACOSX/",
    "submission_1/",
    "submission_2/",
    "Jane_5_assignsubmission_file_/",
    "d/" * 9,
]

names = (
    st.tuples(st.sampled_from(FOLDERS), st.sampled_from(NAMES)).map("".join)
    | st.text(max_size=20)
    | st.text(max_size=10).map("{}.py".format)
).map(lambda name: name.encode("utf-8", "surrogatepass")) | st.binary(max_size=20)
numbers = st.none() | st.integers(0, 2**32 - 1) | st.sampled_from([0, 1, 2**20 + 1, 2**32 - 1])

entries = st.builds(
    Entry,
    name=names,
    content=st.binary(max_size=100) | st.integers(0, 2**18).map(bytes),
    method=st.sampled_from([0, 0, 8, 8, 8, 9, 12, 14, 99]) | st.integers(0, 2**16 - 1),
    flags=st.sampled_from([0, 0, 0x800, 0x808, 8, 1, 0x41]) | st.integers(0, 2**16 - 1),
    attributes=st.sampled_from([0, 0x10, *[kind << 28 for kind in range(16)]]),
    system=st.sampled_from([0, 3, 11, 255]),
    local_name=st.none() | names,
    packed=st.none() | st.binary(max_size=100),
    size=numbers,
    packed_size=numbers,
    crc=st.none() | st.just(zlib.crc32(b"")),
    at=st.none() | st.integers(0, 500),
)
plain = st.builds(Entry, name=names, content=st.binary(max_size=20))
archives = st.builds(
    craft,
    st.lists(plain, max_size=8) | st.lists(entries, max_size=4),
    prefix=st.binary(max_size=5),
    comment=st.binary(max_size=5),
    count=st.none() | st.integers(0, 2**20),
    directory_size=st.none() | st.integers(0, 2**40),
    zip64=st.booleans(),
)


#: Pieces of a cell that are Python together, now and then.
LINES = [
    "def softmax(z):",
    "    return z",
    "    return np.exp(z)",
    "def forward(f): return softmax(f)",
    "import numpy as np",
    "from forward import softmax as rows",
    "from numpy import *",
    "%matplotlib inline",
    "%%time",
    "%%writefile train.py",
    "%%bash",
    "!ls \\",
    "softmax?",
    "global softmax",
    "for train in range(3): x[train] = 1",
    "    x += [softmax]",
    "x = (",
    ") % 3",
    "'''",
    '"',
    "del softmax, x",
    "train = predict = lambda q: x",
    "await x",
    "class A: y: int = [i for i in x]",
    "@A",
    "\0",
    "\ud800",
    "\t",
    "def f[T](x: T): return T",
    "match x:",
    "if __name__ == '__main__': exit()",
    "\\",
]
code = st.lists(st.sampled_from(LINES), max_size=8).map("\n".join) | st.text(max_size=40)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
about = st.fixed_dictionaries(
    {},
    optional={"file": st.sampled_from(["forward.py", "../x.py"]) | anything, "piece": anything},
)
notebook_cells = st.fixed_dictionaries(
    {},
    optional={
        "cell_type": st.sampled_from(["code", "code", "code", "markdown"]) | anything,
        "source": code | st.lists(code, max_size=2) | anything,
        "input": code,
        "metadata": st.fixed_dictionaries({"autograder": about}) | anything,
        "outputs": anything,
    },
)
notebooks = st.fixed_dictionaries(
    {},
    optional={
        "cells": st.lists(notebook_cells, max_size=6) | anything,
        "worksheets": st.lists(st.fixed_dictionaries({"cells": st.lists(notebook_cells)})),
        "nbformat": st.integers(1, 6) | anything,
        "metadata": anything,
    },
).map(lambda content: json.dumps(content).encode())


@any_bytes
@given(st.binary(max_size=500) | anything.map(lambda content: json.dumps(content).encode()))
def test_any_bytes_as_a_notebook(tmp_path: Path, data: bytes) -> None:
    assert_clean_intake(data, tmp_path, name="hw.ipynb")


@any_bytes
@given(notebooks)
def test_any_notebook(tmp_path: Path, data: bytes) -> None:
    assert_clean_intake(data, tmp_path, name="hw.ipynb")


@any_bytes
@given(st.lists(code.map(lambda text: {"cell_type": "code", "source": text}), max_size=6))
def test_any_cells(tmp_path: Path, cells: list[dict[str, str]]) -> None:
    data = json.dumps({"cells": cells, "nbformat": 4}).encode()
    assert_clean_intake(data, tmp_path, name="hw.ipynb")


@any_bytes
@given(st.binary(max_size=2000))
def test_any_bytes(tmp_path: Path, data: bytes) -> None:
    assert_clean_intake(data, tmp_path)


@any_bytes
@given(archives)
def test_any_archive(tmp_path: Path, data: bytes) -> None:
    assert_clean_intake(data, tmp_path)


@any_bytes
@given(st.lists(plain, min_size=1, max_size=6).map(craft), st.data())
def test_any_archive_with_some_bytes_changed(
    tmp_path: Path, data: bytes, draw: st.DataObject
) -> None:
    changed = bytearray(data)
    for at in draw.draw(st.lists(st.integers(0, len(data) - 1), max_size=4)):
        changed[at] = draw.draw(st.sampled_from([0, 1, 0x7F, 0x80, 0xFF]) | st.integers(0, 255))
    assert_clean_intake(bytes(changed), tmp_path)


def test_some_of_these_archives_are_taken_and_some_are_not(tmp_path: Path) -> None:
    rng = random.Random(0)
    taken = [
        assert_clean_intake(
            craft(
                [
                    Entry(
                        f"{rng.choice(FOLDERS)}{rng.choice(NAMES)}".encode(),
                        b"%d" % number,
                        flags=0x800,
                    )
                    for number in range(rng.randrange(1, 6))
                ]
            ),
            tmp_path,
        )
        for _ in range(100)
    ]
    assert 50 < sum(taken) < 100
