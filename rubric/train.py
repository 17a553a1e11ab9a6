"""Training, from initial parameters to a trained network (notes, sections 1.1 and 1.3)."""

from autograder.authoring import Check, Examples, OpenOrder, Question
from datasets import load
from rubric.orders import every_order, random_order, run, stay_off_the_kink
from rubric.training import of_network
from rubric.training_mistakes import declare_shared_mistakes
from rubric.training_problems import PARAMS, SEEDS, calls, problem, steepened, training_checks
from train import init_params as right_init_params

__all__ = ["init_params", "train"]


SIZES = (3, 5, 2)

init_params = Question(
    "init_params",
    returns=PARAMS,
    checks=[
        Check(
            "shape",
            "keys and shapes",
            "shape",
            0.25,
            examples=Examples(pinned=((*SIZES, 0), (*SIZES, 1), (*SIZES, 0), (2, 4, 3, 7))),
        ),
        Check("dtype", "data type", "dtype", 0.25, calls_of=("shape",)),
        Check(
            "reproducible",
            "the same seed gives the same parameters",
            "repeats_with_the_seed",
            0.5,
            calls_of=("shape",),
            needs={"same": ((0, 2),)},
        ),
        Check(
            "varied",
            "hidden units start differently, and differently for each seed",
            "breaks_symmetry",
            0.5,
            calls_of=("shape",),
            needs={"different": ((0, 1),)},
        ),
    ],
)


@init_params.mistake(
    "all-zero",
    "All weights are 0: every hidden unit stays equal to every other forever.",
    shows_in="varied",
)
def _(d, v, m, seed):
    return {name: 0 * value for name, value in right_init_params(d, v, m, seed).items()}


@init_params.mistake(
    "all-one",
    "All weights are 1: every hidden unit stays equal to every other forever.",
    shows_in="varied",
)
def _(d, v, m, seed):
    zeros = {name: 0 * value for name, value in right_init_params(d, v, m, seed).items()}
    return zeros | {"H": zeros["H"] + 1, "U": zeros["U"] + 1}


FOUR = problem(4, 2, 4, 3, seed=7)
THREE = problem(3, 3, 4, 2, seed=2)
OTHER = problem(4, 4, 3, 2, seed=3)
STEEP = steepened(*problem(4, 1, 3, 2, seed=4))

XOR = load("xor")

#: 32 hidden units, learning rate 0.2. From 500 initial seeds, with minibatches of 1, 2, 3 and 4,
#: four legal ways to order them, and either value of ReLU'(0), the mean loss is below 0.1 after at
#: most 109 epochs (4 items a minibatch) or 52 epochs (2 items), all 500 seeds in every case:
#: `benchmarks/xor_fairness.py` prints the table.
XOR_CALLS = (
    (XOR.f, XOR.y, right_init_params(2, 32, 2, 0), 0.2, 200, 4, 0),
    (XOR.f, XOR.y, right_init_params(2, 32, 2, 1), 0.2, 120, 2, 1),
)

CONVERGES = Check(
    "converges",
    "learns xor",
    "converges",
    0.5,
    examples=Examples(pinned=XOR_CALLS),
    select=(0,),
    needs={"f": XOR.f, "y": XOR.y, "largest_loss": 0.1},
)

train = Question(
    "train",
    returns=({"params": PARAMS}, "losses"),
    trains=True,
    open_order=OpenOrder(every_order, results=run, require=stay_off_the_kink, draw=random_order),
    checks=[
        *training_checks(
            (0,),
            (1,),
            whole=Examples(
                pinned=(
                    *calls(FOUR, lr=0.5, epochs=1, batch_size=4, seeds=[0]),
                    *calls(FOUR, lr=0.25, epochs=3, batch_size=4, seeds=[1]),
                    *calls(THREE, lr=0.5, epochs=2, batch_size=5, seeds=[2]),
                    *calls(STEEP, lr=0.01, epochs=1, batch_size=4, seeds=[3]),
                    *calls(FOUR, lr=0.5, epochs=0, batch_size=4, seeds=[4]),
                )
            ),
            shuffled=Examples(
                pinned=(
                    *calls(FOUR, lr=0.5, epochs=2, batch_size=2, seeds=SEEDS),
                    *calls(THREE, lr=0.5, epochs=1, batch_size=2, seeds=[0, 1]),
                    *calls(FOUR, lr=0.5, epochs=1, batch_size=3, seeds=[0]),
                )
            ),
            hidden=Examples(
                pinned=(
                    *calls(OTHER, lr=0.5, epochs=2, batch_size=4, seeds=[3]),
                    *calls(OTHER, lr=0.25, epochs=1, batch_size=3, seeds=[4, 5]),
                    *calls(THREE, lr=0.25, epochs=1, batch_size=1, seeds=[6]),
                )
            ),
            points={
                "values": 1.0,
                "minibatches": 0.75,
                "losses": 0.5,
                "shuffling": 0.5,
                "hidden": 0.75,
                "dtype": 0.25,
                "arguments": 0.25,
            },
        ),
        CONVERGES,
    ],
)

declare_shared_mistakes(train, of_network)
