"""What few submissions share: rare coincidences, side by side, and no verdict.

Independent right answers look alike, so likeness says nothing. What is looked for is what was free
to choose and is rare: wrong values that no known mistake explains, comments, names of helpers,
constants, misspelled words, whole files (`autograder.classroom.features`), but nothing of the
handout. A feature weighs -log2 of its holders' share among those who could have it. An index from
features to holders finds the pairs, and what many hold is skipped: the cost grows with coincidences
and not with the pairs of a class.

A pair is listed where its features weigh more bits than log2 of the number of pairs, as chance
alone would make one pair of the class do. That is no probability, and no score is touched.
"""

import ast
import json
import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import combinations, groupby, pairwise

from autograder.classroom.features import Feature, Kind, read_code, read_handout
from autograder.classroom.misspellings import find_misspellings
from autograder.classroom.records import (
    Graded,
    Result,
    ResultStatus,
    Submitted,
    UnreadableError,
)
from autograder.intake.python_source import parsed, plain_cell, with_newlines

__all__ = [
    "Group",
    "Shared",
    "Similarity",
    "Source",
    "find_similar",
    "read_archive",
    "read_similarity",
    "sources_of",
    "write_similarity",
]

#: A file of a previous year that is longer is no homework.
MAX_ARCHIVED_BYTES = 1_000_000

#: What up to so many hold is rare; in large classes 1% of the class, but no more than the second.
FEW_HOLDERS, MOST_HOLDERS = 5, 20

#: Kinds that say the same when they are in one place: the more telling one counts.
_ONE_OF = {Kind.MISSPELLING: Kind.COMMENT}


@dataclass(frozen=True)
class Source:
    """One submission, or one of a previous year.

    Attributes
    ----------
    key : str
        Whose it is.
    students : frozenset of str
        The id of each; what one student submitted twice is no coincidence.
    texts : dict of str to str
        Python by its place: a function, ``file.function``, or a file.
    wrong : dict of str to str
        For each function with wrong values their hash.
    unnamed : frozenset of str
        The functions of `wrong` that no cause explains.
    content : str
        The digest of all files; "" if there is none.
    is_archived : bool
        Whether it is of a previous year: two of these are no pair.
    """

    key: str
    students: frozenset[str]
    texts: Mapping[str, str]
    wrong: Mapping[str, str] = field(default_factory=dict)
    unnamed: frozenset[str] = frozenset()
    content: str = ""
    is_archived: bool = False


@dataclass(frozen=True)
class Shared:
    """A feature that members of a group share.

    Attributes
    ----------
    holders : tuple of str
        All who have it, in the class and in the archive.
    among : int
        How many could have it: those who got the function wrong, or those who wrote it.
    """

    feature: Feature
    holders: tuple[str, ...]
    among: int

    @property
    def bits(self) -> float:
        """Get the weight."""
        return math.log2(max(self.among, len(self.holders)) / len(self.holders))


@dataclass(frozen=True)
class Group:
    """Submissions that share rare features, each with at least one other."""

    members: tuple[str, ...]
    shared: tuple[Shared, ...]


@dataclass(frozen=True)
class Similarity:
    """What was found among `compared` submissions and `archived` of previous years."""

    compared: int
    archived: int
    groups: tuple[Group, ...]


def sources_of(
    results: Iterable[Result], graded_of: Callable[[str], Graded | None]
) -> Iterator[Source]:
    """Yield a class's graded submissions with their code, one after the other."""
    for result in results:
        graded = graded_of(result.content) if result.status == ResultStatus.GRADED else None
        if graded is not None:
            yield Source(
                key=result.key,
                students=frozenset([student.id for student in result.students]),
                texts=graded.code,
                wrong=graded.wrong,
                unnamed=frozenset([n for n, f in result.functions.items() if not f.cause]),
                content=result.content,
            )


def find_similar(sources: Iterable[Source], *, handout: Iterable[str] = ()) -> Similarity:
    """Return groups of submissions that share rare features, the heaviest first.

    Parameters
    ----------
    sources : iterable of Source
        The class, and previous years; each is read once and not kept.
    handout : iterable of str
        The text of every file that students were given.
    """
    index = _Index()
    given = read_handout(handout)
    for source in sources:
        code = read_code(source.texts, given)
        index.add(source, code.features, code.words, has_choices=code.own_names > 0)
    index.add_misspellings(given.words)
    pairs = _weigh_pairs(index)
    return Similarity(
        compared=index.is_archived.count(False),
        archived=index.is_archived.count(True),
        groups=tuple(_group(pairs, index)),
    )


class _Index:
    """Who has which feature; of what many have, only that."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.students: list[frozenset[str]] = []
        self.is_archived: list[bool] = []
        self.among: Counter[tuple[bool, str]] = Counter()
        self.holders: dict[Feature, list[int]] = {}
        self._words: dict[str, list[int]] = {}
        self._places: dict[str, str] = {}

    @property
    def limit(self) -> int:
        """What more than this hold is not rare."""
        return min(max(FEW_HOLDERS, len(self.keys) // 100), MOST_HOLDERS)

    def add(
        self,
        source: Source,
        features: Iterable[Feature],
        words: Mapping[str, str],
        *,
        has_choices: bool,
    ) -> None:
        number = len(self.keys)
        self.keys.append(source.key)
        self.students.append(source.students)
        self.is_archived.append(source.is_archived)
        files = {place.partition(".")[0] for place in source.texts}
        self.among.update([(False, place) for place in {*source.texts, *files, ""}])
        self.among.update([(True, function) for function in source.wrong])
        wrong = [
            Feature(Kind.WRONG, function, source.wrong[function])
            for function in source.unnamed & source.wrong.keys()
        ]
        has_choices = has_choices or bool(features)
        same = [Feature(Kind.SAME_FILES, "", source.content)] * bool(source.content and has_choices)
        for feature in {*features, *wrong, *same}:
            self._note(self.holders.setdefault(feature, []), number, feature.kind)
        for word, place in words.items():
            self._note(self._words.setdefault(word, []), number, Kind.MISSPELLING)
            self._places.setdefault(word, place)

    def _note(self, holders: list[int], number: int, kind: Kind) -> None:
        if len(holders) <= MOST_HOLDERS or kind == Kind.SAME_FILES:
            holders.append(number)

    def add_misspellings(self, given: frozenset[str]) -> None:
        """Make features of rare words that are like a frequent one, or one of the handout."""
        common = {w for w, holders in self._words.items() if len(holders) > self.limit} | given
        rare = [w for w, holders in self._words.items() if 1 < len(holders) <= self.limit]
        for word in find_misspellings(rare, common):
            feature = Feature(Kind.MISSPELLING, self._places[word], word)
            self.holders[feature] = self._words[word]

    def describe(self, feature: Feature) -> Shared:
        among = self.among[feature.kind == Kind.WRONG, feature.place]
        return Shared(feature, tuple([self.keys[i] for i in self.holders[feature]]), among)

    def may_pair(self, a: int, b: int) -> bool:
        """Tell whether two are strangers, at least one of them of this class."""
        is_old = self.is_archived[a] and self.is_archived[b]
        return not is_old and not self.students[a] & self.students[b]


def _weigh_pairs(index: _Index) -> dict[tuple[int, int], list[Feature]]:
    """Return the pairs that weigh enough, with what they share."""
    found: dict[tuple[int, int], list[Feature]] = {}
    same = []
    for feature, holders in index.holders.items():
        if feature.kind == Kind.SAME_FILES:
            # A chain, not all pairs: they are one group however many they are.
            same += [(pair, feature) for pair in pairwise(holders) if index.may_pair(*pair)]
        elif 1 < len(holders) <= index.limit:
            for pair in combinations(holders, 2):
                if index.may_pair(*pair):
                    found.setdefault(pair, []).append(feature)
    count = max(len(index.keys), 2)
    least = math.log2(count * (count - 1) / 2)
    heavy = {pair: shared for pair, shared in found.items() if _weigh(shared, index) > least}
    for pair, feature in same:
        heavy.setdefault(pair, found.get(pair, [])).insert(0, feature)
    return heavy


def _weigh(features: Sequence[Feature], index: _Index) -> float:
    """Add up what says different things: one of a kind in a place, and one of a text."""
    if len(features) < 2:
        return 0.0
    seen: set[tuple[Kind, str, str]] = set()
    total = 0.0
    for bits, feature in sorted([(-index.describe(f).bits, f) for f in features]):
        kind = _ONE_OF.get(feature.kind, feature.kind)
        says = {(kind, feature.place, ""), (kind, "", feature.text)}
        if not says & seen:
            total -= bits
        seen |= says
    return total


def _group(pairs: Mapping[tuple[int, int], Sequence[Feature]], index: _Index) -> list[Group]:
    """Join pairs that have a member in common."""
    leader: dict[int, int] = {}

    def find(one: int) -> int:
        while leader.setdefault(one, one) != one:
            one = leader[one]
        return one

    for a, b in pairs:
        leader[max(find(a), find(b))] = min(find(a), find(b))
    ordered = sorted(leader, key=lambda one: (find(one), one))
    features: dict[int, set[Feature]] = {}
    for (a, _), shared in pairs.items():
        features.setdefault(find(a), set()).update(shared)
    groups = [
        Group(
            tuple([index.keys[one] for one in members]),
            tuple(sorted([index.describe(f) for f in features[first]], key=_order)),
        )
        for first, members in groupby(ordered, key=find)
    ]
    return sorted(groups, key=lambda one: (-sum([s.bits for s in one.shared]), one.members))


def _order(shared: Shared) -> tuple[bool, float, Feature]:
    return shared.feature.kind != Kind.SAME_FILES, -shared.bits, shared.feature


# ---- kept for the next time


def write_similarity(similarity: Similarity) -> bytes:
    """Return what was found as bytes."""
    return json.dumps(asdict(similarity)).encode()


def read_similarity(content: bytes) -> Similarity:
    """Return what was found, of the bytes that `write_similarity` gave."""
    raw = json.loads(content)
    groups = [
        Group(tuple(one["members"]), tuple([_read_shared(*s.values()) for s in one["shared"]]))
        for one in raw["groups"]
    ]
    return Similarity(raw["compared"], raw["archived"], tuple(groups))


def _read_shared(feature: Sequence[str], holders: Sequence[str], among: int) -> Shared:
    kind, place, text = feature
    return Shared(Feature(Kind(kind), place, text), tuple(holders), among)


# ---- previous years


def read_archive(submissions: Iterable[Submitted], functions: Collection[str]) -> Iterator[Source]:
    """Yield previous submissions with their functions; nothing of them is run or graded.

    Parameters
    ----------
    submissions : iterable of Submitted
        An export of a previous year, in any form that ``class`` reads.
    functions : collection of str
        Those of the homework, ``file.function``. In a notebook they are known by their names.
    """
    for submitted in submissions:
        try:
            files = submitted.read().files if submitted.read is not None else {}
        except UnreadableError:
            continue
        texts: dict[str, str] = {}
        for path, content in sorted(files.items()):
            if len(content) <= MAX_ARCHIVED_BYTES:
                texts.update(_find_functions(path, content, functions))
        if texts:
            yield Source(
                key=f"earlier: {submitted.name}",
                students=frozenset([student.id for student in submitted.students]),
                texts=texts,
                is_archived=True,
            )


def _find_functions(path: str, content: bytes, functions: Collection[str]) -> dict[str, str]:
    """Return the homework's functions in a file by their names, none of what can't be read."""
    stem, _, ending = path.rpartition("/")[2].rpartition(".")
    try:
        text = _read_python(content, ending)
        nodes = parsed(text).body
    except (SyntaxError, ValueError, LookupError, TypeError, RecursionError, MemoryError):
        return {}
    lines = text.split("\n")
    by_name = {name.rpartition(".")[2]: name for name in functions} if ending == "ipynb" else {}
    found = {}
    for node in [node for node in nodes if isinstance(node, ast.FunctionDef)]:
        place = by_name.get(node.name, f"{stem}.{node.name}")
        if place in functions:
            found[place] = "\n".join(lines[node.lineno - 1 : node.end_lineno]) + "\n"
    return found


def _read_python(content: bytes, ending: str) -> str:
    if ending == "py":
        return with_newlines(content.decode("utf-8-sig", "replace"))
    if ending != "ipynb":
        return ""
    cells = [cell for cell in json.loads(content)["cells"] if cell["cell_type"] == "code"]
    return "\n\n".join([plain_cell("".join(cell["source"])).text for cell in cells])
