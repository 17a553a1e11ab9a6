"""Draw the pictures of a report: inline SVG that can be read without its script.

The script, where it runs, brings the frames of a training to life; without it the last one stands.
Nothing is loaded from anywhere, no element has an id, and several of these may be on one page.
"""

from pathlib import Path

from autograder.outputs.html.drawings.curves import curves_card
from autograder.outputs.html.drawings.network import network_card
from autograder.outputs.html.drawings.svg import Markup, tag
from autograder.outputs.html.drawings.words import words_card
from autograder.pictures.records import CurvesPicture, NetworkPicture, Pictures

__all__ = ["drawings_html"]

_FOLDER = Path(__file__).parent


def drawings_html(pictures: Pictures, nonce: str = "") -> str:
    """Return the pictures as a fragment of HTML, with its own style sheet and script.

    Parameters
    ----------
    pictures : Pictures
        What the student's functions drew.
    nonce : str
        For a page that allows only styles and scripts that carry it.

    Returns
    -------
    str
        '' where there is nothing to show.
    """
    if pictures.notice:
        return tag("p", pictures.notice)
    if not pictures.pictures:
        return ""
    curves = [p for p in pictures.pictures if isinstance(p, CurvesPicture)]
    trainings = [p for p in pictures.pictures if not isinstance(p, CurvesPicture)]
    cards = [network_card(p) if isinstance(p, NetworkPicture) else words_card(p) for p in trainings]
    given = {"nonce": nonce or None}
    return tag(
        "div",
        tag("style", Markup((_FOLDER / "drawings.css").read_text("utf-8")), **given),
        *_curves(curves),
        *cards,
        tag("script", Markup((_FOLDER / "drawings.js").read_text("utf-8")), **given),
        class_="nnp",
    )


def _curves(pictures: list[CurvesPicture]) -> list[Markup]:
    """Return the figures of all curves, or one line where none of them is started."""
    drawn = [curve for picture in pictures for curve in picture.curves]
    if not drawn:
        return []
    if all([curve.problem and not curve.problem.is_started for curve in drawn]):
        first = tag("code", drawn[0].name)
        text = "Here your activations will be drawn over the right curves, as soon as "
        return [tag("p", text, first, " or another one works.", class_="nnp-later")]
    return [tag("div", *[curves_card(picture) for picture in pictures], class_="nnp-curves")]
