"""The rubric of this homework: one file for each file of the student, read like an exam key.

Where one would be too long, others add their questions to the same part: `smooth_activations` and
`activation_gradients` to `activations`, `forward_network` to `forward`, `softmax_ce_logits` to
`softmax_ce`, `sgd_update` to `updates`, `train_embeddings` and `predict` to `train`.

Importing it needs the reference solution on the path and Hypothesis installed; the judge needs
neither.
"""

from autograder.authoring.language.words import Part
from rubric import (
    activation_gradients,
    embeddings,
    forward_network,
    predict,
    relu_backward,
    separability,
    sgd_update,
    softmax_ce_logits,
    ways,  # noqa: F401  it adds to the questions of the others
)
from rubric.pictures.declare import PICTURES

__all__ = ["PARTS", "PICTURES"]

#: In the order of the notes, and of the report.
PARTS: tuple[Part, ...] = (
    separability.PART,
    activation_gradients.PART,
    forward_network.PART,
    softmax_ce_logits.PART,
    relu_backward.PART,
    sgd_update.PART,
    embeddings.PART,
    predict.PART,
)
