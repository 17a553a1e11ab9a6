"""Classes that never were: submissions with abilities, mistakes and code of their own.

What each function of each submission got is drawn at once; records, reports and code are made
when they are read, so that a class of 100,000 needs no more memory than its columns.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from functools import cached_property
from typing import Any

import numpy as np

from autograder.classroom.records import FunctionResult, Graded, Result, ResultStatus, Student
from autograder.core.message import Label, Message, Row
from autograder.outputs.report_json import write_message

__all__ = ["FUNCTIONS", "SyntheticClass", "independent_softmax"]

PARTS = {
    "separability": ("affine", "compose_affine", "step", "xor_by_hand"),
    "activations": ("sigmoid", "tanh", "relu", "leaky_relu", "gelu", "swish", "sigmoid_grad"),
    "forward": ("softmax", "cross_entropy", "forward"),
    "softmax_ce": ("one_hot", "loss_grad", "softmax_jacobian", "logits_grad"),
    "relu_backward": ("hidden_grad", "relu_backward"),
    "updates": ("batch_gradients", "sgd_update"),
    "embeddings": ("embed", "input_grad", "embed_backward"),
    "train": ("init_params", "train", "train_embeddings", "predict"),
    "text": ("build_vocab", "encode", "classify", "nearest"),
}
FUNCTIONS = tuple([f"{part}.{name}" for part, names in PARTS.items() for name in names])

CHECKS = (
    ("values", 1.0, "public"),
    ("hidden", 1.0, "hidden"),
    ("shape", 0.4, "public"),
    ("dtype", 0.3, "public"),
    ("arguments", 0.3, "public"),
)
MAX_SCORE, PUBLIC = 3.0, 2.0

#: What can become of a function: how often among what is wrong, and what it got.
WRONG: tuple[tuple[float, FunctionResult], ...] = (
    (0.34, FunctionResult(1, 3, 1, 2, "failed", "t-times-too-large", "relation", "named1")),
    (0.18, FunctionResult(1, 3, 1, 2, "failed", "axis-forgotten", "mistake", "named2")),
    (0.10, FunctionResult(2, 3, 2, 2, "failed", "edge-not-handled", "mistake", "named3")),
    (0.07, FunctionResult(1, 3, 1, 2, "failed", "minus-for-plus", "change", "named4")),
    (0.10, FunctionResult(0, 3, 0, 2, "error", "caret-for-power", "advice")),
    (0.05, FunctionResult(0, 3, 0, 2, "error")),
    (0.01, FunctionResult(0, 3, 0, 2, "timeout")),
    (0.06, FunctionResult(1, 3, 1, 2, "failed", wrong="5f1d" * 8)),
    (0.05, FunctionResult(1, 3, 1, 2, "failed", wrong="a07c" * 8)),
)
RIGHT = FunctionResult(3, 3, 2, 2, "passed")
NOT_STARTED = FunctionResult(0, 3, 0, 2, "not started")
#: Held by strong students: what a handout that says something wrong looks like.
STRONG = FunctionResult(2, 3, 1, 2, "failed", "zero-at-the-kink", "mistake", "named5")
#: Each holder has a hash of its own.
LONELY = len(WRONG) + 3

#: By function and option; equal wrong values have a hash for each function.
_KNOWN = [
    [replace(one, wrong=one.wrong and f"{place:02x}{one.wrong[2:]}") for one in options]
    for place, options in enumerate(
        [[*[one for _, one in WRONG], RIGHT, NOT_STARTED, STRONG]] * len(FUNCTIONS)
    )
]

SENTENCES = {
    "t-times-too-large": "This is t times too large: divide by the number of items, t.",
    "axis-forgotten": "The sum goes over the whole batch; each row needs its own.",
    "edge-not-handled": "A batch of one item comes back without its first axis.",
    "minus-for-plus": "This is what the solution gives with - instead of +.",
    "zero-at-the-kink": "The derivative at exactly 0 is 0 here; the notes take 1.",
}

FIRST = ("Ada", "Bo", "Chioma", "Đức", "Éloïse", "Farid", "Gül", "Hana", "Ines", "Jürgen", "Kai")
LAST = ("Example", "O'Sample", "Núñez", "Placeholder", "van Muster", "Şahin", "Doe", "Roe", "Poe")
WORDS = ("row", "tmp", "value", "item", "score", "total", "grad", "batch", "shift", "out", "acc")


@dataclass(frozen=True)
class SyntheticClass:
    """A class of `size` submissions; `copies` says by number whose code one has."""

    size: int
    seed: int = 0
    missing: int = 0
    copies: Mapping[int, int] = field(default_factory=dict)

    @cached_property
    def options(self) -> np.ndarray:
        """What became of each function, shape (size, functions), int16."""
        rng = np.random.default_rng(self.seed)
        count = len(FUNCTIONS)
        ability = rng.normal(size=(self.size, 1))
        ease = rng.uniform(0.2, 3.0, count)
        wrong = np.cumsum([weight for weight, _ in WRONG])
        options = np.searchsorted(wrong, rng.uniform(size=(self.size, count)))
        options = np.where(options < len(WRONG), options, LONELY)
        kink = FUNCTIONS.index("relu_backward.relu_backward")
        strong = rng.uniform(size=self.size) < 1 / (1 + np.exp(-2 * ability[:, 0]))
        is_right = rng.uniform(size=options.shape) < 1 / (1 + np.exp(-ease - 1.2 * ability))
        options[is_right] = len(WRONG)
        options[strong & (rng.uniform(size=self.size) < 0.4), kink] = len(WRONG) + 2
        late = -3.4 - 1.5 * ability + 0.06 * np.arange(count)
        options[rng.uniform(size=options.shape) < 1 / (1 + np.exp(-late))] = len(WRONG) + 1
        for copy, original in self.copies.items():
            options[copy] = options[original]
        return options.astype(np.int16)

    def results(self) -> Iterator[Result]:
        """Yield the class, one record a submission."""
        start = datetime(2026, 9, 1, 12, tzinfo=timezone.utc)
        for number, row in enumerate(self.options.tolist()):
            functions = self._list_functions(number, row)
            yield Result(
                key=f"s{number:06}",
                students=(_make_student(number),),
                status=ResultStatus.GRADED,
                name=f"submission_{number}",
                submitted=start + timedelta(minutes=number % 10_000),
                content=f"{number:06x}",
                score=round(sum([one.score for one in functions.values()]), 2),
                max_score=MAX_SCORE * len(FUNCTIONS),
                functions=functions,
            )
        for number in range(self.size, self.size + self.missing):
            student = _make_student(number)
            yield Result(f"s{number:06}", (student,), ResultStatus.MISSING, remark="No submission.")

    def graded_of(self, content: str) -> Graded:
        """Return the report and the code of one submission."""
        number = int(content, 16)
        found = self._list_functions(number, self.options[number].tolist())
        rng = np.random.default_rng((self.seed, 1, self.copies.get(number, number)))
        return Graded(
            report={"checks": [c for name, one in found.items() for c in _make_checks(name, one)]},
            wrong={name: one.wrong for name, one in found.items() if one.wrong},
            code={
                name: _write_code(name, one, rng)
                for name, one in found.items()
                if one != NOT_STARTED
            },
        )

    def _list_functions(self, number: int, row: list[int]) -> dict[str, FunctionResult]:
        owner = self.copies.get(number, number)
        return {
            name: _KNOWN[place][option]
            if option != LONELY
            else FunctionResult(1, 3, 1, 2, "failed", wrong=f"{owner:08x}{place:08x}")
            for place, (name, option) in enumerate(zip(FUNCTIONS, row, strict=True))
        }


def _make_student(number: int) -> Student:
    first, last = FIRST[number % len(FIRST)], LAST[number // len(FIRST) % len(LAST)]
    return Student(f"{number:07}", f"{first} {last}", f"s{number}@example.edu")


def _make_checks(name: str, one: FunctionResult) -> Iterator[dict[str, Any]]:
    lost = {"values", "hidden"} if one.score else {check for check, _, _ in CHECKS}
    if one.score == PUBLIC:
        lost = {"hidden"}
    for check, worth, visibility in CHECKS:
        is_lost = one.status != "passed" and check in lost
        yield {
            "id": f"{name}.{check}",
            "part": name.partition(".")[0],
            "function": name,
            "title": "values on hidden inputs" if check == "hidden" else check,
            "status": one.status if is_lost or one.status == "not started" else "passed",
            "score": 0.0 if is_lost or one.status == "not started" else worth,
            "max_score": worth,
            "visibility": visibility,
            "message": _write_message(name, one) if is_lost and one != NOT_STARTED else "",
            "misconception": (one.cause or None) if is_lost else None,
            "explained_by": (one.explained_by or None) if is_lost else None,
        }


def _write_message(name: str, one: FunctionResult) -> str:
    file, _, function = name.partition(".")
    rows = [
        Row(Label.CALLED, f"{function}(z)"),
        Row(Label.INPUT, "z = np.array([[0.0, 0.0], [0.0, 0.5]])\ny = np.array([0, 1])"),
    ]
    if one.status == "error":
        rows += [
            Row(Label.RAISED, "TypeError: ufunc 'bitwise_xor' not supported for the input types"),
            Row(Label.AT, f"{file}.py line 21: return x ^ 2"),
        ]
    else:
        rows += [
            Row(Label.EXPECTED, "row 1 = [0.25, -0.25]"),
            Row(Label.GOT, "row 1 = [0.5, -0.5]"),
        ]
    if one.cause in SENTENCES:
        rows.append(Row(Label.LIKELY, SENTENCES[one.cause]))
    return write_message(Message((*rows, Row(Label.LOOK_AT, f"{file}.py, {function}"))))


# ---- code


def _write_code(name: str, one: FunctionResult, rng: np.random.Generator) -> str:
    """Return a function in one of a few ways to write it, now and then with a comment."""
    function = name.partition(".")[2]
    if function == "softmax" and one.status == "passed":
        return independent_softmax(rng)
    first, second = rng.choice(WORDS, 2, replace=False)
    comment = ""
    if rng.uniform() < 0.08:  # own words, which no one else is likely to have
        letters = "".join(rng.choice(list("abcdefghijklmnoprstuvw"), 9))
        comment = f"    # here i {rng.choice(WORDS)} the {letters} {rng.choice(WORDS)} first\n"
    factor = "" if one.status == "passed" else " * len(z)"
    ways = (
        f"    {first} = z @ z.T\n    return {first} - {first}.mean(){factor}\n",
        f"    {first} = np.dot(z, z.T)\n    {second} = np.mean({first})\n"
        f"    return {first} - {second}{factor}\n",
        f"    {first} = []\n    for {second} in z:\n        {first}.append({second} @ z.T)\n"
        f"    {first} = np.array({first})\n    return ({first} - np.mean({first})){factor}\n",
    )
    return f"def {function}(z):\n{comment}{ways[rng.integers(len(ways))]}"


def independent_softmax(rng: np.random.Generator) -> str:
    """Return a right softmax as one of many people would write it by themselves."""
    shifted, exps, total = rng.choice(
        ["s", "z2", "zs", "shifted", "e", "exps", "num", "a", "t", "tot", "den", "m", "stable"],
        3,
        replace=False,
    )
    comment = rng.choice(["", "", "    # subtract the max so that exp does not overflow\n"])
    keep = rng.choice(["axis=1, keepdims=True", "axis=-1, keepdims=True", "1, keepdims=True"])
    maximum = rng.choice([f"np.max(z, {keep})", f"z.max({keep})"])
    ways = (
        f"    {shifted} = z - {maximum}\n    {exps} = np.exp({shifted})\n"
        f"    return {exps} / {exps}.sum({keep})\n",
        f"    {exps} = np.exp(z - {maximum})\n    {total} = np.sum({exps}, {keep})\n"
        f"    return {exps} / {total}\n",
    )
    return f"def softmax(z):\n{comment}{ways[rng.integers(len(ways))]}"
