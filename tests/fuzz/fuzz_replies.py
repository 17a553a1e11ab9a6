"""Fuzz the judge's reader of a worker's bytes: ``python tests/fuzz/fuzz_replies.py [folder]``.

The first byte says how the rest is understood: as what the worker wrote, or as choices by which
replies are made that are nearly right; and whether all is asked before, and in which pieces it
comes. Whatever comes, only documented exceptions are raised, records keep their bounds, and it
makes no difference in which pieces it comes, nor whether right replies are told at once. The flags
are libFuzzer's (``-max_total_time=60``).
"""

import math
import sys
import warnings
from pathlib import Path
from typing import Any

import atheris
import numpy as np

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS.parent), str(TESTS / "support")]

with atheris.instrument_imports(include=["autograder"]):
    import autograder.supervisor.outcomes
    import autograder.supervisor.replies  # noqa: F401
    from autograder.core.codec import ARRAY_DTYPES, decode, encode
from reply_streams import (  # noqa: E402
    RIGHT,
    converse,
    decoded_or_none,
    framed,
    honest_replies,
    in_bounds,
    is_same,
    right_replies,
)

#: Longest input, longest time for one, and memory: a flag on the command line changes them.
LIMITS = ("-max_len=4096", "-timeout=5", "-rss_limit_mb=512")

#: What a forger would put where a value belongs.
CONSTANTS = (
    *(None, True, 0, 1, -1, 2**62, 0.5, "", "f", "a.f", "x" * 300, b"", ()),
    *(
        (0,),
        (-1,),
        (True, 2**40),
        ("a.f", "no.f", "a.f"),
        (("a.py", -1, "x" * 999), ("", 2**62, "")),
    ),
    (np.array([0x7FF4 << 48]).view(np.float64), "float64"),
)
NAMES = ("float64", "float32", "float16", "int64", "int8", "uint64", "bool", "object", "str", "")
KEYS = (
    *("value", "changed", "raised", "message", "lines", "not_started", "printed", "to", "at"),
    *("asks_for", "arguments"),
    *("ready", "loaded", "f", "g", "h", "is_there", "is_callable", "uses", "H", "x" * 61),
)


HONEST = [encode(reply) for reply in honest_replies()]
RIGHT_ONES = [encode(reply) for reply in right_replies()]


def run(content: bytes) -> None:
    """Read `content` as the judge would, whole and in pieces, and look at what comes out."""
    if not content:
        return
    how, stream = content[0], content[1:]
    pipelined, size = bool(how & 1), 4 * (how >> 2) + 3
    if how & 2:
        stream = forged(atheris.FuzzedDataProvider(stream))
    pieces = [stream[at : at + size] for at in range(0, len(stream), size)]
    whole = converse([stream], pipelined=pipelined)
    in_bounds(whole)
    cut = converse(pieces, pipelined=pipelined)
    in_bounds(cut)
    assert (cut.verdict, cut.frames) == (whole.verdict, whole.frames)
    told = converse([stream], pipelined=pipelined, right=RIGHT)
    in_bounds(told)
    assert is_same(told, whole)
    decoded_or_none(stream)  # for its own sake: the matcher refuses much before


def forged(choices: atheris.FuzzedDataProvider) -> bytes:
    """Return honest replies of which one or two are not, are elsewhere or are not there."""
    contents = list(RIGHT_ONES if choices.ConsumeBool() else HONEST)
    for _ in range(choices.ConsumeIntInRange(1, 2)):
        place = choices.ConsumeIntInRange(0, len(contents) - 1)
        act = choices.ConsumeIntInRange(0, 7)
        content = contents.pop(place)
        if act > 1:
            reply = decode(content)
            _spoil(choices, reply)
            contents.insert(place, encode(reply))
        elif act == 1:
            contents.insert(choices.ConsumeIntInRange(0, len(contents)), content)
    return framed(*contents)


def _spoil(choices: atheris.FuzzedDataProvider, reply: dict[str, Any], depth: int = 4) -> None:
    """Replace, add or take away an entry, here or further inside."""
    key = choices.PickValueInList([*[*reply] * 4, *KEYS])
    inside = reply.get(key)
    act = choices.ConsumeIntInRange(0, 3)
    if act == 0:
        reply.pop(key, None)
    elif isinstance(inside, dict) and act == 1 and depth:
        _spoil(choices, inside, depth - 1)
    else:
        reply[key] = _value(choices, depth)


def _value(choices: atheris.FuzzedDataProvider, depth: int) -> Any:
    act = choices.ConsumeIntInRange(0, 9)
    if act == 0 and depth:
        count = choices.ConsumeIntInRange(0, 66 if depth > 3 else 3)
        return tuple([_value(choices, depth - 1) for _ in range(count)])
    if act == 1 and depth:
        keys = choices.PickValueInList([KEYS[-3:], KEYS[:2], [str(i) for i in range(65)]])
        return {key: _value(choices, depth - 1) for key in keys}
    if act in (2, 3):
        return (_array(choices), choices.PickValueInList([*NAMES]))
    if act == 4:
        return choices.ConsumeInt(8)
    if act == 5:
        return choices.ConsumeUnicodeNoSurrogates(70)
    return choices.PickValueInList([*CONSTANTS])


def _array(choices: atheris.FuzzedDataProvider) -> np.ndarray:
    dtype = choices.PickValueInList([*ARRAY_DTYPES])
    axes = choices.ConsumeIntInRange(0, 8)
    shape = [choices.ConsumeIntInRange(0, 3) for _ in range(axes)]
    count = math.prod(shape)
    numbers = choices.ConsumeBytes(count * dtype.itemsize).ljust(count * dtype.itemsize, b"\0")
    if dtype.kind == "b":
        numbers = bytes([byte & 1 for byte in numbers])
    return np.frombuffer(numbers, dtype).reshape(shape)


def seeds() -> list[bytes]:
    """Return honest streams to begin with: whole, frame by frame, and the values alone."""
    streams = [framed(*of[:end]) for of in (HONEST, RIGHT_ONES) for end in range(1, len(of) + 1)]
    raw = [bytes([how]) + stream for how in (0, 29) for stream in [*streams, *HONEST]]
    return [*raw, *[bytes([how]) + bytes([choice]) * 200 for how in (2, 7) for choice in range(9)]]


def main() -> None:
    """Fuzz, from the folder of earlier inputs where one is given, until a flag's limit."""
    warnings.simplefilter("error")
    folders = [word for word in sys.argv[1:] if not word.startswith("-")]
    if folders:
        Path(folders[0]).mkdir(parents=True, exist_ok=True)
        for place, seed in enumerate(seeds()):
            Path(folders[0], f"seed-{place:03}").write_bytes(seed)
    atheris.Setup([sys.argv[0], *LIMITS, *sys.argv[1:]], run)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
