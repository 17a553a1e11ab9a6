"""Find the functions of a homework that someone's word means: a function or a file, any case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograder.errors import UsageError

__all__ = ["Files", "Meant", "find_meant"]

#: The homework's files, without ``.py``, and their functions.
Files = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Meant:
    """What a word means: functions, ``file.function``, and what to call them together."""

    functions: tuple[str, ...]
    name: str


def find_meant(word: str, files: Files, *, otherwise: str, prefers_files: bool = False) -> Meant:
    """Return the functions that a word names, in the homework's order.

    The word is a function (``mean``, ``averages.mean``) or a file (``averages.py``, ``averages``,
    with folders in front of it or not). A bare name that both have is the function's, or the file's
    if that is preferred. Upper and lower case are the same. Where it is neither, it is a
    `UsageError` with the nearest names, or else with what `otherwise` says.

    Examples
    --------
    >>> from autograder.homework.meant import find_meant
    >>> find_meant("Mean", {"mean": ["median", "mean"]}, otherwise="")
    Meant(functions=('mean.mean',), name='mean.mean')
    >>> find_meant("mean", {"mean": ["median", "mean"]}, otherwise="", prefers_files=True)
    Meant(functions=('mean.median', 'mean.mean'), name='mean.py')
    """
    sought = word.strip().replace("\\", "/").rpartition("/")[2].removesuffix("()").lower()
    everything = [f"{file}.{name}" for file, names in files.items() for name in names]
    named = [n for n in everything if sought in (n.lower(), n.partition(".")[2].lower())]
    file = next((file for file in files if file.lower() == sought.removesuffix(".py")), "")
    if file and (not named or prefers_files):
        return Meant(tuple([f"{file}.{name}" for name in files[file]]), f"{file}.py")
    if not named:
        raise UsageError(_say_unknown(word, files, otherwise))
    bare = named[0].partition(".")[2]
    is_clear = len(named) == 1 and bare not in files
    return Meant(tuple(named), bare if is_clear else ", ".join(named))


def _say_unknown(word: str, files: Files, otherwise: str) -> str:
    import difflib  # seldom needed

    names = [name for names in files.values() for name in names] + [f"{file}.py" for file in files]
    known = {name.lower(): name for name in names}
    near = difflib.get_close_matches(word.strip().lower(), known, n=3)
    meant = " or ".join([repr(known[name]) for name in near])
    return f"The homework has no {word!r}. {f'Did you mean {meant}?' if near else otherwise}"
