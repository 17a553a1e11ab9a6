"""Tell letters of other alphabets that look like Latin ones: a name with one is another name.

They come from a keyboard's other layout or from text that was pasted.

Source: the letters that keyboards have of https://www.unicode.org/Public/security/latest/confusables.txt
"""

import unicodedata

__all__ = ["has_lookalike", "letters_as_seen", "name_lookalike"]

_LOOKALIKES = str.maketrans(
    "аеорсухіјѕԁһԛԝѵкАВЕКМНОРСТУХІЈЅοΑΒΕΖΗΙΚΜΝΟΡΤΥΧıɑɡ",
    "aeopcyxijsdhqwvkABEKMHOPCTYXIJSoABEZHIKMNOPTYXiag",
)
_FOREIGN = frozenset(map(chr, _LOOKALIKES))


def has_lookalike(text: str) -> bool:
    """Tell whether some letter of a text only looks like a Latin one."""
    return not text.isascii() and not _FOREIGN.isdisjoint(text)


def letters_as_seen(name: str) -> str:
    """Return a name in the Latin letters that it seems to have."""
    return unicodedata.normalize("NFKC", name).translate(_LOOKALIKES)


def name_lookalike(name: str) -> str:
    r"""Name the first letter that only looks like a Latin one; empty for none.

    Examples
    --------
    >>> from autograder.core.lookalikes import name_lookalike
    >>> ascii(name_lookalike("r" + chr(0x435) + "lu"))
    "'a Cyrillic \\u0435 (U+0435) that looks like e'"
    """
    found = next((letter for letter in name if letter in _FOREIGN), "")
    if not found:
        return ""
    alphabet = unicodedata.name(found).split()[0].title()
    seen = found.translate(_LOOKALIKES)
    return f"a {alphabet} {found} (U+{ord(found):04X}) that looks like {seen}"
