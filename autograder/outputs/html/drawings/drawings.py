"""Draw the pictures of a report: inline SVG that can be read without its script.

The script, where it runs, brings the frames of a training to life; without it the last one stands.
Nothing is loaded from anywhere, no element has an id, and several of these may be on one page.
"""

from collections.abc import Sequence
from pathlib import Path

from autograder.outputs.html.drawings.curves import draw_curve_card
from autograder.outputs.html.drawings.svg import Markup, tag
from autograder.pictures.records import CurvesPicture, OwnPicture, Pictures

__all__ = ["drawings_html"]

_FOLDER = Path(__file__).parent


def drawings_html(pictures: Pictures) -> str:
    """Return the pictures as a fragment of HTML, with its own style sheet and script.

    The curves come first, and then, in order, what the homework's own code draws. It is '' where
    there is nothing to show.
    """
    notice = tag("p", pictures.notice) if pictures.notice else Markup("")
    if not pictures.pictures:
        return notice
    drawn = tag(
        "div",
        tag("style", Markup((_FOLDER / "drawings.css").read_text("utf-8"))),
        *_draw_curves([p for p in pictures.pictures if isinstance(p, CurvesPicture)]),
        *[p.draw(p.record) for p in pictures.pictures if isinstance(p, OwnPicture)],
        tag("script", Markup((_FOLDER / "drawings.js").read_text("utf-8"))),
        class_="nnp",
    )
    return notice + drawn


def _draw_curves(pictures: Sequence[CurvesPicture]) -> list[Markup]:
    """Return the figures of all curves, or one line where none of them is started."""
    drawn = [curve for picture in pictures for curve in picture.curves]
    if not drawn:
        return []
    if all([curve.problem and not curve.problem.is_started for curve in drawn]):
        first = tag("code", drawn[0].name)
        text = "Here your functions will be drawn over the right curves, as soon as "
        return [tag("p", text, first, " or another one works.", class_="nnp-later")]
    return [tag("div", *[draw_curve_card(picture) for picture in pictures], class_="nnp-curves")]
