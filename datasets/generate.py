"""Generate the texts of this folder: ``python datasets/generate.py``.

``negation.tsv`` has sentences whose label is the polarity of their adjective, turned around by
*not* and turned around by *un-*: the lecture notes' example of xor in language. Every word of every
list below is as frequent with one label as with the other, in every place. So neither a bag of
words nor a weight for each word in each place knows anything, but for what is left by chance.

``village.txt`` is a text of some 20,000 words about a village, a sentence a line, from a small
grammar. Words of one list appear in the same places, so a network that tells real windows of it
from corrupted ones comes to give them similar embeddings.

The same numbers are drawn on every machine: Python promises it for ``Random.random``.
"""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

__all__ = ["NEGATION_LISTS", "VILLAGE_LISTS", "make_negation", "make_village"]

_Item = TypeVar("_Item")

SEED = 2022

#: Adjectives that take *un-*, by what is said of someone or something with them.
NEGATION_LISTS = {
    "positive": "good kind fair happy wise helpful pleasant friendly healthy safe lucky steady",
    "negative": (
        "selfish troubled afraid broken spoiled harmed biased polluted worried hurt tainted dented"
    ),
    "subject": "it this that everything he she dinner lunch school life",
    "verb": "was is seemed felt looked sounded",
    "plain": "really truly clearly simply",
    "degree": "so very quite rather",
    "end": "today again here lately",
}

#: How many sentences there are with each adjective, with or without *not*, and *un-*.
EACH = 12

VILLAGE_LISTS = {
    "number": (
        "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
        " sixteen twenty thirty forty fifty sixty"
    ),
    "kin": (
        "mother father sister brother daughter son aunt uncle cousin niece nephew grandmother"
        " grandfather widow husband wife godmother godfather stepson stepmother bride groom"
    ),
    "animals": (
        "cows goats sheep lambs horses dogs cats hens geese ducks pigs donkeys mules oxen rabbits"
        " doves hounds ponies calves swans turkeys bees rams foals kittens puppies chicks hares"
    ),
    "food": (
        "bread cheese milk honey soup rice barley beans lentils apples pears plums cherries nuts"
        " butter eggs fish onions garlic cake salt oil figs dates olives carrots turnips cabbage"
        " peas porridge ham sausages raisins grapes jam"
    ),
    "say": (
        "said answered whispered shouted claimed thought believed knew heard wrote swore argued"
        " hoped feared guessed replied"
    ),
    "place": (
        "market river mill church school bridge forest meadow harbor garden field tower well inn"
        " barn orchard hill lake bakery smithy castle chapel square gate vineyard quarry pond"
        " stable cellar"
    ),
    "name": (
        "Anna Ben Clara David Emma Felix Greta Hugo Ida Jonas Karin Leo Maria Nils Olga Paul Rosa"
        " Simon Tilda Victor Agnes Bruno Cora Dora Edgar Frida Georg Hanna Ivo Julia Kurt Lena"
        " Max Nora Oscar Petra"
    ),
    "adjective": (
        "old young tall small tired merry quiet proud clever poor rich gentle lonely brave shy"
        " strict busy lazy"
    ),
    "carry": "brought sold bought carried found lost stole gave cooked shared hid kept washed",
    "move": "ran walked went came hurried wandered returned slipped marched strolled crept rode",
    "day": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "color": "red white black brown gray golden spotted striped silver",
}

#: Sentences: a list's name stands for one of its words.
VILLAGE_SENTENCES = (
    "the {adjective} {kin} {say} that {number} {animals} {move} to the {place}",
    "{name} {say} that the {kin} of {name} {carry} {food}",
    "on {day} {number} {color} {animals} {move} from the {place} to the {place}",
    "the {kin} and the {kin} {carry} {food} and {food} at the {place}",
    "{name} and {name} {carry} {number} {color} {animals} near the {place}",
    "my {adjective} {kin} {carry} {food} for {name} on {day}",
    "{number} {animals} ate the {food} of my {kin}",
    "{name} {move} to the {place} with {number} {animals} and some {food}",
)

#: Words in the village's text.
WORDS = 20_000


def _choose(drawn: random.Random, items: Sequence[_Item]) -> _Item:
    return items[int(drawn.random() * len(items))]


def make_negation() -> str:
    """Return the sentences, each once, with their labels."""
    drawn = random.Random(SEED)
    lists = {name: words.split() for name, words in NEGATION_LISTS.items()}
    rows: dict[str, str] = {}
    for polarity in ("positive", "negative"):
        for adjective in lists[polarity]:
            for has_not in (False, True):
                for has_un in (False, True):
                    count = len(rows) + EACH
                    while len(rows) < count:
                        words = [
                            _choose(drawn, lists["subject"]),
                            _choose(drawn, lists["verb"]),
                            "not" if has_not else _choose(drawn, lists["plain"]),
                            "un-" if has_un else _choose(drawn, lists["degree"]),
                            adjective,
                        ]
                        if drawn.random() < 0.5:
                            words.append(_choose(drawn, lists["end"]))
                        is_positive = (polarity == "positive") ^ has_not ^ has_un
                        rows[" ".join(words)] = "positive" if is_positive else "negative"
    pairs = list(rows.items())
    for last in range(len(pairs) - 1, 0, -1):  # so that any part of the file has all kinds
        other = int(drawn.random() * (last + 1))
        pairs[last], pairs[other] = pairs[other], pairs[last]
    return "text\ty\n" + "".join([f"{text}\t{label}\n" for text, label in pairs])


def make_village() -> str:
    """Return the village's text."""
    drawn = random.Random(SEED)
    lists = {name: words.split() for name, words in VILLAGE_LISTS.items()}
    lines: list[str] = []
    count = 0
    while count < WORDS:
        sentence = _choose(drawn, VILLAGE_SENTENCES).split()
        words = [
            _choose(drawn, lists[word[1:-1]]) if word.startswith("{") else word for word in sentence
        ]
        lines.append(" ".join(words))
        count += len(words)
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    folder = Path(__file__).parent
    for name, text in {"negation.tsv": make_negation(), "village.txt": make_village()}.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
