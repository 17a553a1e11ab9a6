"""What a mistake of a training costs: one table.

A wrong parameter is wrong in every check that trains: with one minibatch and with several, in the
losses, on hidden inputs, and xor is not learned. One mistake loses the points of the checks that
stand here; those that it fails beside them keep theirs. A mistake that is not in the table costs
whatever it fails: those of the losses fail their own check alone, and a training that moves nothing
has nothing to show.
"""

__all__ = ["find_costs"]

VALUES, MINIBATCHES, HIDDEN = "values", "minibatches", "hidden"

COSTS: dict[tuple[str, ...], tuple[str, ...]] = {
    # The gradient of one parameter or of the biases, one formula or one number.
    (VALUES,): (
        *[
            f"{name}-{what}"
            for name in ("H", "b_H", "U", "b_U", "biases")
            for what in ("not-averaged", "averaged-twice", "ascends", "not-trained")
        ],
        "output-layer-updated-first",
        "gate-forgotten",
        "gate-of-the-gradient",
        "averaged-over-labels",
        "output-gradient-of-k",
        "learning-rate-decays",
        "one-epoch-too-many",
        "one-epoch-too-few",
        "network-updated-first",
        "repeated-words-overwritten",
        "first-word-not-trained",
    ),
    # Every step, half of the network, the embeddings or the items are wrong.
    (VALUES, MINIBATCHES): (
        *[
            f"{name}-{what}"
            for name in ("weights", "hidden-layer", "output-layer")
            for what in ("not-averaged", "averaged-twice", "ascends", "not-trained")
        ],
        "gradient-ascent",
        "gradients-not-averaged",
        "averaged-twice",
        "learning-rate-forgotten",
        "every-epoch-from-the-start",
        "one-item-at-a-time",
        "drawn-afresh",
        "labels-not-shuffled",
        "network-not-trained",
        "embeddings-ascend",
        "learning-rate-forgotten-for-embeddings",
        "embedding-gradient-summed",
        "embedding-gradient-averaged-twice",
        "embedded-once",
    ),
    # The minibatches are cut in another way, or their gradient is taken at other parameters.
    (MINIBATCHES,): (
        "short-batch-divided-by-batch-size",
        "short-batch-dropped",
        "even-batches",
        "stale-gradient",
        "gradients-at-the-epoch-start",
        "embedded-once-an-epoch",
    ),
    # There are no minibatches, or only one.
    (MINIBATCHES, HIDDEN): ("batch-size-ignored", "first-minibatch-only"),
}


def find_costs(mistake: str) -> tuple[str, ...]:
    """Return the checks whose points a mistake costs, none where it costs whatever it fails."""
    return next((checks for checks, names in COSTS.items() if mistake in names), ())
