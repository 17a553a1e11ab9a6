"""Compile one question: its calls, right results, and the wrong results of every known mistake."""

import itertools
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder.authoring.compiler.draw import EnoughError, draw_examples, find_smallest
from autograder.authoring.compiler.memory import Helpers
from autograder.authoring.compiler.proofs import prove_gradient, require_no_slip
from autograder.authoring.compiler.reference import Reference, copied
from autograder.authoring.language.checks import HIDDEN, PUBLIC, RESULT_KINDS, Check, Examples
from autograder.authoring.language.inputs import Inputs
from autograder.authoring.language.questions import Mistake, OpenOrder, Question
from autograder.authoring.language.where import line_of, shown_arguments
from autograder.core.codec import PLAIN, READ_ONLY, STRIDED, encode
from autograder.core.compare import find_difference
from autograder.core.vectors import share_an_answer, vector_of
from autograder.errors import RubricError

__all__ = ["CompiledQuestion", "compile_question", "differs", "keep_wrong", "open_ended_calls"]

Arguments = tuple[Any, ...]

#: Every how many examples one is not contiguous in memory.
STRIDED_EVERY = 3

#: Of how many draws of an edge the largest is taken: the smallest ones are the same for every seed.
EDGE_DRAWS = 8

#: How often the smallest public call is made again at the end: a function that keeps something from
#: one call to the next, or draws random numbers, gives another result then.
REPEATS = 2

#: A mistake that has raised on so many examples, and shown on none, is told by what it raises.
MANY_RAISED = 60

#: Extra draws when no hidden example shows a mistake yet.
MORE_HIDDEN = 60


@dataclass
class CompiledQuestion:
    """One function's calls by phase, and which of them each check looks at."""

    question: Question
    parameters: tuple[str, ...]
    calls: dict[str, list[tuple[int, Arguments]]] = field(
        default_factory=lambda: {PUBLIC: [], HIDDEN: []}
    )
    own_calls: dict[str, list[int]] = field(default_factory=dict)
    expected: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)
    smallest: dict[str, int] = field(default_factory=dict)
    wrong: dict[str, dict[str, list[Any]]] = field(default_factory=dict)
    by_lot: set[str] = field(default_factory=set)
    remark: str = ""

    def calls_of(self, check: Check) -> tuple[int, ...]:
        """Return the positions of the calls that `check` looks at, others' first."""
        others = [call for name in check.calls_of for call in self.own_calls[name]]
        return tuple(dict.fromkeys(others + self.own_calls.get(check.name, [])))


def compile_question(
    question: Question, reference: Reference, helpers: Helpers
) -> CompiledQuestion:
    """Draw, prove and distinguish; a RubricError names the question that is at fault."""
    compiled = CompiledQuestion(question, reference.parameters(question.full_name))
    scene = _Scene(question, reference, helpers)
    for check in question.checks:
        scene.chosen[check.name] = _choose_examples(check, scene)
    shown = {mistake.name: _show_mistake(mistake, scene) for mistake in question.mistakes}
    _add_distinguishing(scene)
    _number_calls(compiled, scene.chosen)
    _compute_expected(compiled, reference)
    _prove(compiled, reference)
    _compute_mistakes(compiled, shown, reference)
    return compiled


@dataclass(frozen=True)
class _Scene:
    """A question in the making: the examples chosen so far for each check."""

    question: Question
    reference: Reference
    helpers: Helpers
    chosen: dict[str, list[Arguments]] = field(default_factory=dict)

    def make_seed(self, *words: str) -> int:
        return (
            zlib.crc32(" ".join([self.question.full_name, *words]).encode()) ^ self.reference.seed
        )

    def examples_of(self, check: Check) -> list[Arguments]:
        """Return the examples that a check looks at, others' first."""
        return [call for name in (*check.calls_of, check.name) for call in self.chosen[name]]

    def recall(self, find: Callable[[], Any], *depends_on: Any) -> Any:
        """Return what `find` gives, which depends on this function and these values alone."""
        question = self.question
        own = self.reference.functions[question.full_name]
        about = (own, question.returns, question.open_order, question.letters)
        found = self.helpers.memory.recall(find, *about, *depends_on)
        return None if found is None else copied(found)

    def draw(self, inputs: Inputs, count: int, *, seed: int) -> list[Arguments]:
        def find() -> tuple[Arguments, ...]:
            strategy = inputs.strategy(self.question.letters)
            return tuple(draw_examples(strategy, count, seed=seed, where=inputs.where))

        return [copied(arguments) for arguments in self.recall(find, "draw", inputs, count, seed)]

    def find_smallest(
        self, inputs: Inputs, shows: Callable[[Arguments], bool], *depends_on: Any, seed: int
    ) -> Arguments | None:
        """Return the smallest call for which `shows`, which depends on these values, is true."""

        def find() -> Arguments | None:
            return find_smallest(inputs.strategy(self.question.letters), shows, seed=seed)

        found: Arguments | None = self.recall(find, "smallest", inputs, seed, *depends_on)
        return found


def _choose_examples(check: Check, scene: _Scene) -> list[Arguments]:
    scene.helpers.step()
    examples = check.examples
    if examples is None:
        return []
    seed = scene.make_seed(check.name)
    drawn = list(examples.pinned)
    if examples.inputs is not None:
        drawn += scene.draw(examples.inputs, examples.count, seed=seed)
    for number, edge in enumerate(examples.edges):
        drawn += scene.draw(edge, EDGE_DRAWS, seed=seed + number + 1)[-1:]
    return drawn


def _find_check(question: Question, mistake: Mistake) -> Check:
    return next(check for check in question.checks if check.name == mistake.shows_in)


def _search(
    check: Check,
    scene: _Scene,
    shows: Callable[[Arguments], bool],
    *depends_on: Any,
    seed: int,
) -> Arguments | None:
    """Return the smallest call of `check`'s kind for which `shows` is true."""
    examples = check.examples
    if examples is not None and examples.inputs is not None:
        found = None
        for inputs in (examples.inputs, *examples.edges):
            found = found or scene.find_smallest(inputs, shows, *depends_on, seed=seed)
        return found
    return next((call for call in scene.examples_of(check) if shows(call)), None)


def _show_mistake(mistake: Mistake, scene: _Scene) -> Arguments:
    """Find the smallest call that shows `mistake`, and make it one of the examples."""
    scene.helpers.step()
    question, reference, chosen = scene.question, scene.reference, scene.chosen
    check = _find_check(question, mistake)
    require_no_slip(question, mistake, scene.examples_of(check), reference)

    def tell(arguments: Arguments) -> bool | None:
        """Tell whether a call shows the mistake; None where it raises."""
        wrong = reference.wrong_outcomes(mistake.wrong, question, arguments)
        if isinstance(wrong, dict):
            return None
        return differs(reference.outcomes(question, arguments), wrong)

    seed, wrong = scene.make_seed(mistake.name), mistake.wrong
    smallest = _search(check, scene, _give_up(tell), "shown", wrong, seed=seed)
    if smallest is None:  # it always raises: then that is what tells it from the right answer
        is_told = lambda call: tell(call) is not False  # noqa: E731
        smallest = _search(check, scene, is_told, "raised", wrong, seed=seed)
    if smallest is None and check.kind in RESULT_KINDS:
        raise RubricError(
            f"the mistake {mistake.name} of {question.full_name} can't be told from the right"
            f" answer by the inputs of its check {check.name}",
            where=mistake.where,
        )
    if smallest is None:
        return next(iter(chosen[check.name] or chosen[check.calls_of[0]]))
    if check.examples is not None and check.examples.inputs is not None:  # else it is one of them
        chosen[check.name].append(smallest)
    hidden = [other for other in question.checks if other.visibility == HIDDEN and other.examples]
    for other in hidden:
        if check.name == "values" and not any([tell(args) for args in chosen[other.name]]):
            chosen[other.name] += _draw_another(other, scene, tell, seed=seed)
    return smallest


def _give_up(tell: Callable[[Arguments], bool | None]) -> Callable[[Arguments], bool]:
    """Return whether a call shows a mistake, for a search that ends where it only ever raises."""
    counts = {None: 0, False: 0, True: 0}

    def shows(arguments: Arguments) -> bool:
        told = tell(arguments)
        counts[told] += 1
        if counts[None] == MANY_RAISED and not counts[True]:
            counts[None] = 0  # another search may begin
            raise EnoughError
        return bool(told)

    return shows


def _draw_another(
    check: Check, scene: _Scene, shows: Callable[[Arguments], bool | None], *, seed: int
) -> list[Arguments]:
    if check.examples is None or check.examples.inputs is None:
        return []
    drawn = scene.draw(check.examples.inputs, MORE_HIDDEN, seed=seed + 1)
    return [arguments for arguments in drawn if shows(arguments)][:1]


def differs(right: tuple[Any, ...], wrong: Any) -> bool:
    """Tell whether none of a mistake's results is right, in value and in shape."""
    if isinstance(wrong, dict):
        return True
    return bool(wrong) and not share_an_answer(right, wrong)


def _add_distinguishing(scene: _Scene) -> None:
    """Make sure that some example tells each mistake from each other one."""
    question, reference = scene.question, scene.reference
    mistakes = question.mistakes
    known = [
        arguments
        for check in question.checks
        if check.visibility == PUBLIC
        and (question.open_order is None or check.kind in RESULT_KINDS)
        for arguments in scene.chosen[check.name]
    ]
    given = {
        mistake.name: [
            reference.wrong_outcomes(mistake.wrong, question, arguments) for arguments in known
        ]
        for mistake in mistakes
    }
    for first, second in itertools.combinations(mistakes, 2):
        pairs = zip(given[first.name], given[second.name], strict=True)
        if not any(itertools.starmap(_tell_apart, pairs)):
            _distinguish((first, second), scene)


def _tell_apart(one: Any, other: Any) -> bool:
    """Tell whether two mistakes give different answers to a call."""
    if isinstance(one, dict) or isinstance(other, dict):
        return one != other if isinstance(one, dict) and isinstance(other, dict) else True
    return bool(one) and bool(other) and not share_an_answer(one, other)


def _distinguish(pair: tuple[Mistake, Mistake], scene: _Scene) -> None:
    first, second = pair
    question, reference = scene.question, scene.reference

    def shows(arguments: Arguments) -> bool:
        return _tell_apart(
            reference.wrong_outcomes(first.wrong, question, arguments),
            reference.wrong_outcomes(second.wrong, question, arguments),
        )

    for mistake in pair:
        check = _find_check(question, mistake)
        wrongs = [first.wrong, second.wrong]
        found = _search(
            check, scene, shows, "apart", wrongs, seed=scene.make_seed(first.name, second.name)
        )
        if found is not None:
            scene.chosen[check.name].append(found)
            return
    raise RubricError(
        f"the mistakes {first.name} and {second.name} of {question.full_name} give the same"
        f" answers: no input tells one from the other; {first.name} is at {first.where}",
        where=second.where,
    )


def _number_calls(compiled: CompiledQuestion, chosen: dict[str, list[Arguments]]) -> None:
    """Put every check's examples, smallest first, into the calls of its phase; none into both."""
    public = {
        encode(arguments)
        for check in compiled.question.checks
        if check.visibility == PUBLIC
        for arguments in chosen[check.name]
    }
    for check in compiled.question.checks:
        if check.examples is None:
            continue
        calls = compiled.calls[check.visibility]
        start = len(calls)
        examples = chosen[check.name]
        if check.visibility == HIDDEN:
            examples = [arguments for arguments in examples if encode(arguments) not in public]
        if check.examples.inputs is not None:  # pinned ones are in an order of their own
            unique = {encode(arguments): arguments for arguments in examples}
            examples = [unique[content] for content in sorted(unique, key=lambda c: (len(c), c))]
        for number, arguments in enumerate(examples):
            calls.append((_choose_layout(check.examples, number), arguments))
        if _is_repeated(compiled.question, check):
            calls += [(PLAIN, examples[0])] * REPEATS
        compiled.own_calls[check.name] = list(range(start, len(calls)))


def _is_repeated(question: Question, check: Check) -> bool:
    """Tell whether the check's smallest call is made again: its usual values, one right result."""
    is_usual = check.name == "values" and check.kind == "values" and check.visibility == PUBLIC
    is_drawn = check.examples is not None and check.examples.inputs is not None
    return is_usual and is_drawn and question.open_order is None


def _choose_layout(examples: Examples, number: int) -> int:
    if examples.layout == "read-only":
        return READ_ONLY
    return STRIDED if number % STRIDED_EVERY == STRIDED_EVERY - 1 else PLAIN


def _compute_expected(compiled: CompiledQuestion, reference: Reference) -> None:
    """Compute each call's right results; the reference's own where a predicate decides."""
    question = compiled.question
    for phase, calls in compiled.calls.items():
        open_ended = open_ended_calls(compiled, phase)
        compiled.expected[phase] = [
            (reference.own_outcome(question, arguments),)
            if call in open_ended
            else _expect(question, arguments, reference)
            for call, (_, arguments) in enumerate(calls)
        ]


def open_ended_calls(compiled: CompiledQuestion, phase: str) -> set[int]:
    """Return the calls of a function with many right results that only a predicate looks at."""
    question = compiled.question
    if question.open_order is None:
        return set()
    return {
        call
        for check in question.checks
        if check.visibility == phase and check.kind not in RESULT_KINDS
        for call in compiled.own_calls.get(check.name, [])
    }


def _expect(question: Question, arguments: Arguments, reference: Reference) -> tuple[Any, ...]:
    reference.require_fit(question, arguments)
    right = reference.outcomes(question, arguments)
    what, where = f"the reference of {question.full_name}", reference.line(question)
    _require_same_by_other_ways(question, arguments, right, reference)
    own = reference.own_outcome(question, arguments)
    for result in (own, *right):
        reference.require_arrays(question, result)
    if not all([np.isfinite(vector.numbers).all() for vector in map(vector_of, right) if vector]):
        called = f"called with {shown_arguments(arguments)}"
        raise RubricError(f"{what} gives nan or infinity, not finite, {called}", where=where)
    if not any([find_difference(own, other, names=question.returns) is None for other in right]):
        raise RubricError(f"{what} gives none of the results listed as right", where=where)
    return right


def _require_same_by_other_ways(
    question: Question, arguments: Arguments, right: tuple[Any, ...], reference: Reference
) -> None:
    for way in question.ways:
        if differs(right, reference.wrong_outcomes(way.right, question, arguments)):
            raise RubricError(
                f"this way to write {question.full_name} gives other results than the reference,"
                f" called with {shown_arguments(arguments)}",
                where=line_of(way.right),
            )


def _prove(compiled: CompiledQuestion, reference: Reference) -> None:
    """Prove a gradient on every example of its checks of values, as far as the proof holds."""
    question, proof = compiled.question, compiled.question.proof
    if proof is None:
        return
    examples = {
        encode(arguments): arguments
        for check in question.checks
        if check.kind == "values"
        for call in compiled.calls_of(check)
        for _, arguments in [compiled.calls[check.visibility][call]]
    }
    held = [a for a in examples.values() if proof.where is None or proof.where(*a)]
    for arguments in held:
        prove_gradient(question, arguments, reference.functions[question.full_name])
    if not held:
        raise RubricError(
            f"the proof of {question.full_name} holds on none of its {len(examples)} examples",
            where=question.where,
        )
    if len(held) < len(examples):
        compiled.remark = (
            f"{question.full_name} is proved to be a gradient on {len(held)} of {len(examples)}"
            " examples: on the others its proof does not hold"
        )


def _compute_mistakes(
    compiled: CompiledQuestion, shown: dict[str, Arguments], reference: Reference
) -> None:
    question = compiled.question
    for mistake in question.mistakes:
        by_phase: dict[str, list[Any]] = {}
        if isinstance(mistake.wrong, OpenOrder):
            compiled.by_lot.add(mistake.name)
        for phase, calls in compiled.calls.items():
            open_ended = open_ended_calls(compiled, phase)
            by_phase[phase] = [None] * len(calls)
            for call, (_, arguments) in enumerate(calls):
                if call not in open_ended:
                    wrong = reference.wrong_outcomes(mistake.wrong, question, arguments)
                    kept = keep_wrong(wrong, compiled.expected[phase][call])
                    by_phase[phase][call] = kept
                    if kept and len(kept) < len(wrong):  # under some orders it shows
                        compiled.by_lot.add(mistake.name)
        compiled.wrong[mistake.name] = by_phase
        content = encode(shown[mistake.name])
        public = [encode(arguments) for _, arguments in compiled.calls[PUBLIC]]
        compiled.smallest[mistake.name] = public.index(content) if content in public else -1


def keep_wrong(wrong: Any, right: tuple[Any, ...]) -> Any:
    """Return what a mistake gives that is not right, None if all of it is.

    Nothing stands for results that can't be listed.
    """
    if wrong == () or differs(right, wrong):
        return wrong
    return tuple([one for one in wrong if differs(right, (one,))]) or None
