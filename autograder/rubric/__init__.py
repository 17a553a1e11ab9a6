"""The rubric of this homework: one file for each file of the student, read like an exam key.

Where one would be too long, a second one adds its questions to the same part: the derivatives to
`activations`, the network to `forward`, the gradients at the logits to `softmax_ce`.

Importing it needs the reference solution on the path and Hypothesis installed; the judge needs
neither.
"""

from autograder.language.words import Part
from autograder.rubric import (
    activation_gradients,
    embeddings,
    forward_network,
    relu_backward,
    separability,
    softmax_ce_logits,
    train,
    updates,
    ways,  # noqa: F401  it adds to the questions of the others
)

__all__ = ["PARTS"]

#: In the order of the notes, and of the report.
PARTS: tuple[Part, ...] = (
    separability.PART,
    activation_gradients.PART,
    forward_network.PART,
    softmax_ce_logits.PART,
    relu_backward.PART,
    updates.PART,
    embeddings.PART,
    train.PART,
)
