"""Odd and damaged notebooks, each with what is right for it: the table for the tests.

Every notebook is the solution, one function a cell, with one thing that is odd. Cell 1 is Markdown,
cell 2 has the imports, then come the functions in the homework's order.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from notebook_builders import (
    after,
    as_lists,
    bare,
    before,
    cells,
    changed,
    code,
    conflicts,
    each_cell,
    fifty_megabytes,
    format_3,
    notebook,
    one_file_a_cell,
    raw,
    with_function,
    written_to_files,
)

__all__ = ["CASES", "RELU", "Case"]


@dataclass(frozen=True)
class Case:
    """One notebook.

    Attributes
    ----------
    build : callable
        Returns its bytes.
    score : float
        Of 100.
    loses : mapping of str to str
        For each function with a defect the status of a check that it loses.
    says : tuple of str
        Texts that the messages of the lost checks hold between them.
    notes : tuple of str
        Texts that the report's notes hold between them; of a refusal, what the sentence holds.
    is_refused : bool
        Whether there is no grade, but a sentence and the exit status 2.
    is_slow : bool
        Whether it takes seconds.
    """

    build: Callable[[], bytes]
    score: float = 100
    loses: Mapping[str, str] = field(default_factory=dict)
    says: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    is_refused: bool = False
    is_slow: bool = False


RELU = "def relu(x):\n    return np.maximum(x, 0.0)"
BY_TABLE = "def relu(x):\n    return np.maximum(x, TABLE['a'])"
WRONG_RELU = "def relu(x):\n    return x * 1.0"

#: What a mistake in ReLU alone costs, and ReLU that only raises: its callers are carried along.
WRONG, RAISING = 99.25, 98.5

COLAB = {
    "colab": {"provenance": [], "collapsed_sections": ["a"], "toc_visible": True},
    "kernelspec": {"name": "python3", "display_name": "Python 3"},
    "accelerator": "GPU",
}
VS_CODE = {
    "vscode": {"interpreter": {"hash": "31f2ae"}},
    "language_info": {"name": "python", "version": "3.12.1"},
}

TRAINING = """params = init_params(2, 8, 2, 0)
for step in range(10**9):
    params, losses = train(np.eye(2), np.array([0, 1]), params, 0.1, 100, 2, 0)
plt.plot(losses)"""

CASES = {
    # ---- cells in other places
    "one_function_a_cell": Case(bare),
    "one_file_a_cell": Case(one_file_a_cell),
    "sources_as_lists": Case(each_cell(as_lists)),
    "cells_in_reverse": Case(lambda: notebook(cells()[::-1])),
    "all_cells_twice": Case(
        lambda: notebook([*cells(), *cells()]), notes=("Defined more than once", "and 36 more")
    ),
    "a_worse_copy_later": Case(
        after(WRONG_RELU),
        WRONG,
        {"activations.relu": "failed"},
        ("look at    cell 46, relu",),
        ("relu (cells 11 and 46)",),
    ),
    "a_better_copy_later": Case(
        before("import numpy as np", WRONG_RELU), notes=("relu (cells 2 and 13)",)
    ),
    "a_function_split_over_cells": Case(
        lambda: notebook(
            [
                *cells(relu="def part(x):\n    return x > FLOOR"),
                code("FLOOR = 0.0"),
                code("def relu(x):\n    return np.where(part(x), x, FLOOR)"),
            ]
        )
    ),
    "a_cell_deleted": Case(
        with_function(one_hot=""),
        93,
        {"softmax_ce.one_hot": "not started"},
        ("the notebook has no function one_hot",),
        ("No cell of hw.ipynb defines one_hot.",),
    ),
    "nothing_of_the_homework": Case(
        lambda: notebook([code("print('hello')")]),
        0,
        notes=("None of the homework's functions is defined in hw.ipynb.",),
    ),
    "stubs": Case(
        with_function(softmax='def softmax(z):\n    raise NotImplementedError("softmax")'),
        loses={"forward.softmax": "not started"},
        says=("softmax in cell",),
    ),
    # ---- what only Jupyter knows
    "magics_and_shell_lines": Case(
        before(
            "%matplotlib inline\n!pip install -q numpy \\\n  scipy\n%load_ext autoreload", "np.dot?"
        ),
        notes=("Left out, since only Jupyter knows them: %matplotlib inline (cell 1)",),
    ),
    "magics_beside_functions": Case(
        with_function(relu=f"%time x = 1\n{RELU}\n%timeit relu(np.ones(3))\nfiles = !ls")
    ),
    "a_timed_cell": Case(with_function(relu=f"%%time\n{RELU}")),
    "a_cell_of_another_language": Case(before("%%bash\ndef relu\nrm -rf *", "%%html\n<b>hi</b>")),
    "percent_signs_in_strings": Case(
        with_function(relu=f'NOTE = """\n%matplotlib\n!ls\nwhat?\n"""\nX = (7\n % 5)\n{RELU}')
    ),
    "cells_that_write_files": Case(
        written_to_files, notes=("What cells write into activations.py, embeddings.py",)
    ),
    "a_cell_that_writes_a_file_named_as_numpy": Case(
        before(
            "%%writefile numpy.py\ndef maximum(a, b):\n    return 7", "%%writefile math.py\npi = 3"
        ),
        notes=("What cells write into math.py, numpy.py was left out: other modules have",),
    ),
    "get_ipython": Case(before("get_ipython().run_line_magic('matplotlib', 'inline')")),
    "colab": Case(
        lambda: notebook(
            [
                code("from google.colab import drive\ndrive.mount('/content/drive')"),
                code("#@title Settings\nLR = 0.1 #@param {type:'number'}"),
                *[cell | {"metadata": {"id": "x1", "cellView": "form"}} for cell in cells()],
            ],
            metadata=COLAB,
        )
    ),
    "vs_code": Case(
        lambda: notebook(
            [c | {"metadata": {"vscode": {"languageId": "python"}}} for c in cells()],
            metadata=VS_CODE,
        )
    ),
    # ---- what is not run
    "training_and_plots": Case(
        after("import matplotlib.pyplot as plt", TRAINING),
        notes=("A function's name has another use later: step (cell 47).",),
    ),
    "endless_loops": Case(after("while True:\n    pass")),
    "calls_of_numpy_for_their_own_sake": Case(
        after("np.random.seed(0)", "np.testing.assert_array_equal([*iter(int, 1)], 0)")
    ),
    "a_list_filled_by_its_methods": Case(
        with_function(
            relu="slopes = []\nslopes.append(0.0)\nslopes.extend([1.0])\n\ndef relu(x):\n"
            "    return np.where(x > 0, x * slopes[1], x * slopes[0])"
        )
    ),
    # A helper's call may as well be a training, so none is run for what it changes; relu raises,
    # and the note says why, and what to write instead.
    "a_table_filled_by_a_helper_that_gets_it": Case(
        with_function(
            relu="TABLE = {}\n\ndef prepare(t, value=None):\n    inner = t\n    store(inner, value)"
            "\n\ndef store(place, value):\n    place['a'] = value\n\n"
            f"prepare(TABLE, value=0.0)\n\n{BY_TABLE}"
        ),
        RAISING,
        {"activations.relu": "error"},
        ("KeyError: 'a'",),
        ("Not run: prepare(TABLE, value=0.0), which may change TABLE.", "write the change itself"),
    ),
    "a_table_filled_by_a_helper_that_knows_it": Case(
        with_function(
            relu="TABLE = {}\n\ndef prepare():\n    TABLE.update(a=0.0)\n\ndef begin():\n"
            f"    prepare()\n\nis_done = begin()\nprint(is_done)\n\n{BY_TABLE}"
        ),
        RAISING,
        {"activations.relu": "error"},
        ("KeyError: 'a'",),
        ("Not run: is_done = begin(), which may change TABLE.",),
    ),
    "a_table_filled_by_a_decorator": Case(
        with_function(
            relu="TABLE = {}\n\ndef known(f):\n    TABLE[f.__name__] = f\n    return f\n\n"
            "@known\ndef floor():\n    return 0.0\n\n"
            "def relu(x):\n    return np.maximum(x, TABLE['floor']())"
        ),
        RAISING,
        {"activations.relu": "error"},
        ("KeyError: 'floor'",),
        ("Not run: @known, which may change TABLE.",),
    ),
    "a_table_filled_beside_a_value": Case(
        with_function(
            relu="TABLE, LIST = {}, []\n_ = LIST.append(0.0)\n"
            f"[TABLE.update(a=one) for one in LIST]\n\n{BY_TABLE}"
        )
    ),
    "an_object_filled_by_its_own_method": Case(
        with_function(
            relu="class Place:\n    def put_in(self, value):\n        self.a = value\n\n"
            "place = Place()\nplace.put_in(0.0)\n\ndef relu(x):\n    return np.maximum(x, place.a)"
        )
    ),
    # A method for its value is a trial like any other call; it is told that it may be more.
    "an_object_filled_by_its_own_method_beside_a_value": Case(
        with_function(
            relu="class Place:\n    def put_in(self, value):\n        self.a = value\n\n"
            "place = Place()\nresult = place.put_in(0.0)\n\n"
            "def relu(x):\n    return np.maximum(x, place.a)"
        ),
        RAISING,
        {"activations.relu": "error"},
        ("AttributeError: 'Place' object has no attribute 'a'",),
        ("Not run: result = place.put_in(0.0), which may change place.",),
    ),
    "an_object_whose_method_trains": Case(
        with_function(
            forward="class Net:\n    def fit(self, f):\n        train(f, 10**9)\n\n"
            "    def forward(self, f, H, b_H, U, b_U):\n        k = f @ H + b_H\n"
            "        h = relu(k)\n        z = h @ U + b_U\n        return k, h, z, softmax(z)\n\n"
            "net = Net()\nnet.fit(np.eye(2))\nforward = net.forward"
        )
    ),
    "an_array_filled_by_numpy": Case(
        with_function(
            relu="FLOOR = np.ones(1)\nnp.multiply(FLOOR, 0.0, out=FLOOR)\n\ndef relu(x):\n"
            "    return np.maximum(x, FLOOR[0])"
        )
    ),
    "trials_and_plots_of_needed_values": Case(
        lambda: notebook(
            [
                *cells(
                    relu="TABLE = {'a': 0.0}\n\n"
                    f"def show(table):\n    while True:\n        print(table)\n\n{BY_TABLE}"
                ),
                code("show(TABLE)\nshown = show(TABLE)"),
                code("def fit(t):\n    train(10**9)\n    t['a'] = 7.0\n\nfit(TABLE)"),
                code("def again(t):\n    fit(t)\nresult = again(TABLE)"),
                code(
                    "class Net:\n    def fit(self, t):\n        fit(t)\n\n"
                    "net = Net()\nnet.fit(TABLE)"
                ),
                code("import functools\nrun = functools.partial(fit, TABLE)\nrun()"),
            ]
        )
    ),
    "exit": Case(before("exit()\nquit()\nimport sys\nsys.exit(1)")),
    "a_cell_that_raises": Case(before("raise ValueError('stop')\n1 / 0")),
    "input": Case(before("name = input('Your name? ')")),
    "main_block": Case(after('if __name__ == "__main__":\n    relu = None\n    while True: pass')),
    "its_own_path": Case(after("print(__file__)")),
    # ---- what is run
    "await": Case(
        lambda: notebook(
            [
                code(
                    "import asyncio\nasync def zero():\n    await asyncio.sleep(0)\n    return 0.0"
                ),
                code("ZERO = await zero()"),
                *cells(relu="def relu(x):\n    return np.maximum(x, ZERO)"),
            ]
        )
    ),
    "a_counter": Case(
        with_function(
            relu=f"calls = 0\n\n{RELU.replace('return', 'global calls; calls += 1; return')}",
            tanh="def tanh(x):\n    global calls\n    calls += 1\n    return np.tanh(x)",
        )
    ),
    # As above: no helper is called for what it changes.
    "a_function_that_sets_a_global": Case(
        with_function(
            relu="def prepare():\n    global FLOOR\n    FLOOR = 0.0\n\nprepare()\n\n"
            "def relu(x):\n    return np.maximum(x, FLOOR)"
        ),
        RAISING,
        {"activations.relu": "error"},
        ("NameError: name 'FLOOR' is not defined",),
        ("Not run: prepare(), which may change FLOOR.",),
    ),
    "training_by_a_function_that_counts": Case(
        after(
            "seen = 0\ntrain_before = train\n\ndef train(f, y, params, lr, epochs, *rest):\n"
            "    global seen\n    seen += 1\n"
            "    return train_before(f, y, params, lr, epochs, *rest)",
            "train(np.eye(2), np.array([0, 1]), init_params(2, 8, 2, 0), 0.1, 10**9, 2, 0)",
        )
    ),
    "a_table_filled_by_a_loop": Case(
        with_function(
            relu="SLOPE = {}\nfor sign in (0, 1):\n    SLOPE[sign] = float(sign)\n\n"
            "def relu(x):\n    return np.where(x > 0, x * SLOPE[1], x * SLOPE[0])"
        )
    ),
    "lambdas": Case(with_function(relu="relu = lambda x: np.maximum(x, 0.0)")),
    "an_alias": Case(with_function(relu=f"{RELU.replace('relu', 'my_relu')}\n\nrelu = my_relu")),
    "a_decorated_function": Case(
        with_function(
            relu="import functools\n\ndef same(f):\n    @functools.wraps(f)\n    def g(*a):\n"
            f"        return f(*a)\n    return g\n\n@same\n{RELU}"
        )
    ),
    "a_function_inside_an_if": Case(
        with_function(relu=f"if np.pi > 3:\n    {RELU.replace(chr(10), chr(10) + '    ')}")
    ),
    "star_imports": Case(
        with_function(relu="from numpy import *\n\ndef relu(x):\n    return maximum(x, 0.0)")
    ),
    "functions_that_call_each_other": Case(
        with_function(
            relu="def relu(x):\n    return np.maximum(x, 0.0) + 0 * softmax(np.zeros((1, 1)))[0, 0]"
        )
    ),
    "imports_of_its_own_files": Case(
        with_function(
            forward="from activations import relu\nfrom forward import softmax as rows\n"
            "import activations as act\n\ndef forward(f, H, b_H, U, b_U):\n    k = f @ H + b_H\n"
            "    h = act.relu(k)\n    z = h @ U + b_U\n    return k, relu(h), z, rows(z)"
        )
    ),
    # ---- names with another use
    "a_name_used_for_a_result": Case(
        after("softmax = softmax(np.zeros((2, 2)))\nrelu = 5"),
        notes=("has another use later: softmax (cell 46), relu (cell 46)",),
    ),
    "a_deleted_name": Case(after("del relu"), notes=("relu (cell 46)",)),
    "a_function_in_a_class": Case(
        with_function(relu=f"class Net:\n    {RELU.replace(chr(10), chr(10) + '    ')}"),
        95.0,  # what is not there has nothing put in its place
        {"activations.relu": "not started"},
        notes=(
            "relu is defined inside of something else in cell 11: write it at the left margin.",
        ),
    ),
    # ---- what can't run
    "a_syntax_error": Case(
        with_function(relu="def relu(x)\n    return x"),
        RAISING,
        {"activations.relu": "error"},
        ("SyntaxError: cell 11, line 1: expected ':'", "at         cell 11, line 1: def relu(x)"),
        ("Cell 11, line 1: expected ':'; what this cell defines can't be used",),
    ),
    "fences_of_a_chat_in_a_cell": Case(
        with_function(relu=f"Here is relu:\n\n```python\n{RELU}\n```"),
        RAISING,
        {"activations.relu": "error"},
        (
            "problem    cell 11 has ``` lines in it, as an answer in a chat has\n"
            "at         cell 11, line 3: ```python\nto do      delete the ``` lines",
        ),
        ("Cell 11 has ``` lines in it, as an answer in a chat has (line 3): delete the",),
    ),
    "conflict_marks_in_a_cell": Case(
        with_function(relu=f"<<<<<<< HEAD\n{RELU}\n=======\n{RELU}\n>>>>>>> main"),
        RAISING,
        {"activations.relu": "error"},
        ("problem    cell 11 has git's conflict marks in it\nat         cell 11, line 1: <<<<<<<",),
        ("Cell 11 has git's conflict marks in it (line 1): keep one of the two versions",),
    ),
    "a_syntax_error_in_a_later_copy": Case(
        after("def relu(x:\n    return x"),
        notes=("Cell 46, line 1: '(' was never closed; what this cell defines can't be used",),
    ),
    "a_syntax_error_in_a_use": Case(
        after("tanh = tanh(np.array([0.0]", "relu = 5\nprint('tanh)"),
        notes=("Cell 46, line 1: '(' was never closed", "Cell 47, line 2"),
    ),
    "return_outside_of_a_function": Case(after("return 5"), 100),
    "a_null_byte": Case(after("x = 'a\0b'")),
    "half_a_character": Case(after("x = '\ud800'")),
    "a_missing_package": Case(
        with_function(
            gelu="import scipy.special as sp\nimport torch\n\ndef gelu(x: torch.Tensor):\n"
            "    return 0.5 * x * (1 + sp.erf(x / np.sqrt(2)))"
        ),
        98.5,
        {"activations.gelu": "error"},
        ("No module named 'scipy'", "cell 13, line 1: import scipy.special as sp"),
    ),
    "a_missing_file": Case(
        with_function(
            tanh="DATA = open('data.txt').read()\n\ndef tanh(x):\n    return x + len(DATA)"
        ),
        98.5,
        {"activations.tanh": "error"},
        ("FileNotFoundError", "cell 10, line 1: DATA = open('data.txt').read()"),
    ),
    "an_exception_in_a_function": Case(
        with_function(tanh="def tanh(x):\n\n    return x + nothing"),
        98.5,
        {"activations.tanh": "error"},
        ("NameError", "at         cell 10, line 3: return x + nothing", "look at    cell 10, tanh"),
    ),
    "a_needed_value_that_never_comes": Case(
        with_function(
            tanh="while True:\n    SCALE = 1.0\n\ndef tanh(x):\n    return np.tanh(x) * SCALE"
        ),
        79.5,
        {"activations.tanh": "timeout"},
        is_slow=True,
    ),
    # ---- the file
    "format_2": Case(format_3(2)),
    "format_3": Case(format_3(3)),
    "format_4_0": Case(changed(nbformat_minor=0)),
    "format_4_5_with_ids": Case(
        lambda: notebook([cell | {"id": f"c{i}"} for i, cell in enumerate(cells())])
    ),
    "format_5": Case(changed(nbformat=5), notes=("has version 5 of the notebook's format",)),
    "no_metadata": Case(
        lambda: json.dumps(
            {"cells": [{"cell_type": c["cell_type"], "source": c["source"]} for c in cells()]}
        ).encode()
    ),
    "a_byte_order_mark": Case(raw(lambda data: b"\xef\xbb\xbf" + data)),
    "utf_16": Case(raw(lambda data: data.decode().encode("utf-16"))),
    "not_utf_8": Case(
        raw(lambda data: data.replace(b"# Homework", b"# \xe4\xf6\xfc")), notes=("are no UTF-8",)
    ),
    "nan": Case(changed(metadata={"a": float("nan"), "b": float("inf")})),
    "a_number_of_a_million_digits": Case(
        raw(lambda d: d.replace(b'"nbformat_minor": 5', b'"nbformat_minor": ' + b"7" * 10**6))
    ),
    "keys_twice": Case(raw(lambda data: b'{"cells": [], ' + data[1:])),
    "line_ends_of_windows": Case(
        each_cell(lambda cell: cell | {"source": cell["source"].replace("\n", "\r\n")})
    ),
    "a_cell_that_is_a_number": Case(
        lambda: notebook([*cells(), 7]),
        notes=("Cell 46 of hw.ipynb was left out",),  # type: ignore[list-item]
    ),
    "a_cell_without_text": Case(
        lambda: notebook([*cells(), {"cell_type": "code"}]), notes=("it has no text",)
    ),
    "text_that_is_no_text": Case(
        lambda: notebook([*cells(), code("x") | {"source": [1, None]}]),
        notes=("its text is no text",),
    ),
    "cells_that_are_no_list": Case(
        changed(cells={"a": 1}),
        notes=("something else instead of its cells",),
        is_refused=True,
    ),
    "cut_off": Case(
        raw(lambda data: data[: len(data) // 2]), notes=("near cell", "save"), is_refused=True
    ),
    "nothing_in_the_file": Case(lambda: b"", notes=("is empty (0 bytes)",), is_refused=True),
    "a_web_page": Case(
        lambda: b"<!DOCTYPE html><html>", notes=("is a web page: submit the",), is_refused=True
    ),
    "a_list": Case(lambda: b"[]", notes=("is no notebook",), is_refused=True),
    "python_text": Case(
        lambda: b"import numpy\n", notes=("is Python under a notebook's name",), is_refused=True
    ),
    "conflict_marks": Case(raw(conflicts), notes=("git's conflict marks",), is_refused=True),
    "nested_too_deeply": Case(
        lambda: b'{"cells":' + b"[" * 100_000, notes=("nested too deeply",), is_refused=True
    ),
    "millions_of_values": Case(
        lambda: b'{"cells":[' + b"[]," * 2_000_000 + b"0]}",
        notes=("holds more than 2000000 values: clear the outputs",),
        is_refused=True,
    ),
    "code_nested_too_deeply": Case(after("x = 1" + " + 1" * 20_000, "y = z" + ".a" * 20_000)),
    "code_nested_too_deeply_in_f_strings": Case(
        after("x = f'{a" + ".a" * 40_000 + "}'", "x = rF'''{a\n" + "()" * 40_000 + "}'''")
    ),
    "a_cell_of_magics_alone": Case(after("%%time\n" * 2000), notes=("%%time (cell 46)",)),
    "quotes_that_are_not_closed": Case(after('"\\"' * 30_000, '"""\\"' * 15_000)),
    "fifty_megabytes_of_outputs": Case(fifty_megabytes),
}
