"""Find what a statement changes by calling functions of the notebook's, and leave trials aside.

The statements that change a value which the homework needs are run; training, trials and plots are
not. So a call that leads to one of the homework's functions changes nothing here, nor does one of
an imported function: a value that comes of it is needed by its name, or not at all.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from autograder.errors import IntakeError
from autograder.intake.notebook.effects_of_code import Body, Call
from autograder.intake.notebook.statements import Statement

__all__ = ["with_calls"]

#: Steps from calls to what they call; a homework takes about a hundred.
MAX_STEPS = 500_000


def with_calls(statements: Sequence[Statement], graded: Collection[str]) -> list[Statement]:
    """Return the statements with all that they fill.

    Parameters
    ----------
    statements : sequence of Statement
        The notebook's, each with what it fills by itself.
    graded : collection of str
        The names of the homework's functions.

    Raises
    ------
    IntakeError
        If finding that out takes longer than for any homework.
    """
    effects = _Effects(statements, frozenset(graded))
    return [
        replace(one, fills=one.fills | filled, now=one.now | filled)
        if (filled := frozenset(effects.of(one)) - one.surely)
        else one
        for one in statements
    ]


class _Effects:
    """What calling the notebook's functions changes."""

    def __init__(self, statements: Sequence[Statement], graded: frozenset[str]) -> None:
        self.graded = graded
        self.others = graded.union(*[one.imported for one in statements])
        self.methods = frozenset().union(*[one.hides for one in statements])
        self.steps = 0
        self.bodies: dict[str, list[tuple[Body, Statement]]] = {}
        for one in statements:
            for name in one.gives - self.others if one.body is not None else ():
                assert one.body is not None
                self.bodies.setdefault(name, []).append((one.body, one))
        self.trying = _leading_to(graded, statements)
        self.filled = self._filled_parameters()

    def _filled_parameters(self) -> set[tuple[str, str]]:
        """Return the functions' parameters that are filled, also those that are passed on."""
        passing: dict[tuple[str, str], list[tuple[str, str]]] = {}
        waiting = []
        for function, bodies in self.bodies.items():
            for body, _ in bodies:
                waiting += [(function, name) for name in body.fills & body.own]
                for call in body.calls:
                    for parameter, name in self._received(call):
                        if name in body.own:
                            passing.setdefault(parameter, []).append((function, name))
        found = set(waiting)
        while waiting:
            new = [one for one in passing.get(waiting.pop(), []) if one not in found]
            found.update(new)
            waiting += new
        return found

    def _received(self, call: Call) -> Iterator[tuple[tuple[str, str], str]]:
        """Yield the parameters that a call gives a value, each with the value's name."""
        for body, _ in () if call.method else self.bodies.get(call.name, []):
            self._step(len(call.given))
            for place, name in call.given:
                if isinstance(place, str):
                    yield (call.name, place), name
                elif place < len(body.parameters):
                    yield (call.name, body.parameters[place]), name

    def of(self, statement: Statement) -> Iterator[str]:
        """Yield what a statement fills by its calls."""
        if not statement.calls or self._is_trial(statement):
            return
        for call in statement.calls:
            yield from self._by(call)
        waiting = [call.name for call in statement.calls if not call.method]
        seen = set(waiting)
        while waiting:
            for body, one in self.bodies.get(waiting.pop(), []):
                yield from one.sets - self.others
                yield from (body.fills & (one.now | one.later)) - self.others
                for call in body.calls:
                    yield from [name for name in self._by_giving(call) if name not in body.own]
                new = {call.name for call in body.calls} - seen
                seen |= new
                waiting += new
                self._step(len(body.calls) + len(body.fills))

    def _step(self, number: int) -> None:
        self.steps += 1 + number
        if self.steps > MAX_STEPS:
            raise IntakeError(
                "the notebook's functions call each other in too many ways to be followed: hand in"
                " the homework's cells only"
            )

    def _is_trial(self, statement: Statement) -> bool:
        mentioned = {name for call in statement.calls for _, name in call.given}
        mentioned |= {call.name for call in statement.calls}
        if statement.body is None:
            mentioned |= statement.now & self.graded
        return not mentioned.isdisjoint(self.trying)

    def _by(self, call: Call) -> Iterator[str]:
        """Yield what a call fills among what it is called on and what it is given."""
        is_method = call.method in self.methods or (call.is_alone and bool(call.method))
        is_object = call.is_alone and not call.method and call.name not in self.bodies
        if call.name not in self.others and (is_method or is_object):
            yield call.name
        yield from self._by_giving(call)

    def _by_giving(self, call: Call) -> Iterator[str]:
        for parameter, name in self._received(call):
            if parameter in self.filled and name not in self.others:
                yield name


def _leading_to(graded: frozenset[str], statements: Sequence[Statement]) -> frozenset[str]:
    """Return the names whose call may come to call one of the homework's functions."""
    users: dict[str, set[str]] = {}
    bodies = [one for one in statements if one.body is not None and one.body.is_class]
    classes = {name for one in bodies for name in one.defines}
    for one in statements:
        leads = one.may_be | classes.intersection([call.name for call in one.calls])
        if one.body is not None:
            leads = one.now | one.later
        for name in leads if one.defines else ():
            users.setdefault(name, set()).update(one.gives)
    found = set(graded)
    waiting = list(graded)
    while waiting:
        new = users.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return frozenset(found)
