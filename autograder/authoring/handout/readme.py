"""The handout as one page of Markdown, as GitHub and editors show it, formulas between dollars."""

from autograder.authoring.handout.source import Handout, Part

__all__ = ["to_markdown"]


def to_markdown(handout: Handout) -> str:
    """Return the whole handout.

    Parameters
    ----------
    handout : Handout
        As `autograder.authoring.handout.source.read_handout` returns it.

    Returns
    -------
    str
        The same for the same handout, ending in one newline.
    """
    parts = [_part(number, part) for number, part in enumerate(handout.parts, 1)]
    return "\n".join([handout.introduction, *parts, handout.closing])


def _part(number: int, part: Part) -> str:
    sections = "sections" if "," in part.notes or " to " in part.notes else "section"
    worth = f"{part.points:g} points, about {part.minutes} minutes; notes {sections} {part.notes}"
    pieces = [f"## Part {number}: {part.file}.py", f"*{part.title}: {worth}.*\n", part.text]
    for name, text in part.functions.items():
        points = part.function_points[name]
        unit = "point" if points == 1 else "points"
        pieces += [f"### `{part.calls[name]}`, {points:g} {unit}\n", text]
    pieces[0] += "\n"
    return "\n".join(pieces)
