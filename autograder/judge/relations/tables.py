"""The relations in order of preference: the first that explains a result is said."""

import numpy as np

from autograder.judge.relations import large
from autograder.judge.relations import order as axes
from autograder.judge.relations import place as places
from autograder.judge.relations import shape as shapes
from autograder.judge.relations import size as factors
from autograder.judge.relations import value as values
from autograder.judge.relations.case import Case, Cause, Relation

__all__ = ["SINGLE", "TABLES", "WHERE"]


def _turned(case: Case) -> Cause | None:
    """Got is the transpose of a multiple of the right result."""
    if not all([e.got.ndim == 2 and e.got.shape == e.right.shape[::-1] for e in case.examples]):
        return None
    turned = case.changed(np.transpose)
    for relation in (factors.opposite_sign, factors.one_length, factors.constant_factor):
        cause = relation(turned)
        if cause is not None:
            return Cause(f"{cause.name}-and-transposed", f"{cause.clause}; {axes.TRANSPOSED}")
    return None


#: What is wrong with the numbers, everywhere.
NUMBERS: tuple[Relation, ...] = (
    values.constant,
    values.argument_returned,
    factors.opposite_sign,
    factors.one_length,
    values.another_result,
    axes.transposed,
    factors.two_lengths,
    factors.constant_factor,
    factors.constant_offset,
    axes.reversed_order,
    axes.off_by_one,
    axes.permuted,
    axes.repeated,
    axes.one_short,
    axes.one_more,
    axes.summed,
    axes.not_summed,
    _turned,
    values.function_of_right,
    factors.with_argument,
    values.clipped,
)

#: Where the numbers are wrong, and how far off they are.
WHERE: tuple[Relation, ...] = (
    values.approximation,
    places.exact_place,
    large.large_numbers,
    places.not_finite,
    places.likely_place,
    places.for_one_item,
)

#: What is wrong with the shape.
SHAPES: tuple[Relation, ...] = (
    shapes.axis_missing,
    axes.transposed,
    shapes.flattened,
    shapes.other_axes,
    values.another_result,
    axes.repeated,
    axes.one_short,
    axes.one_more,
    axes.summed,
    axes.not_summed,
    shapes.swapped_shape,
)

#: By kind of check: what explains everything, and what is only said where nothing else is found.
TABLES: dict[str, tuple[tuple[Relation, ...], tuple[Relation, ...]]] = {
    "values": (NUMBERS, WHERE),
    "shape": (SHAPES, ()),
}

#: Relations that need no two wrong examples with numbers to look at.
SINGLE = (places.for_one_item, places.not_finite)
