"""Show a training frame by frame: what moves, the slider, the loss, and the script's data.

A frame is a dict: for each moving element its attributes. The page is written with the last one;
the script sets those of another. So both always show the same.
"""

import json
import math
from collections.abc import Sequence

from autograder.outputs.html.svg import Markup, Plot, num, number, path, tag, tick, ticks
from autograder.pictures.records import Problem

__all__ = [
    "Frame",
    "card",
    "epochs_in_words",
    "loss_frame",
    "loss_in_words",
    "loss_panel",
    "moving",
    "moving_svg",
    "notes",
    "panel",
]

Frame = dict[str, dict[str, str]]

#: A loss beyond this many times the right one's largest is off the picture.
OFF = 4.0


def moving(frame: Frame, part: str, element: str, **more: object) -> Markup:
    """Return an element that the frames change, as it is in one of them."""
    state = dict(frame[part])
    text = state.pop("text", "")
    named = {key.replace("-", "_"): value for key, value in state.items()}
    return tag(element, text, data_nnp=part, **(more | named))


def moving_svg(frame: Frame, part: str, layers: Sequence[Markup]) -> Markup:
    """Return a drawing of 300 by 300 whose description moves with the frames."""
    label = frame[part]["aria-label"]
    box = "0 0 300 300"
    return tag("svg", *layers, viewBox=box, role="img", data_nnp=part, aria_label=label)


def epochs_in_words(epoch: int) -> str:
    """Return how long training has gone on."""
    if epoch == 0:
        return "Before training"
    return f"After {epoch} epoch{'s' if epoch > 1 else ''}"


def loss_in_words(losses: Sequence[float], epoch: int) -> str:
    """Return the loss of an epoch, '' where there is none."""
    if not 0 < epoch <= len(losses):
        return ""
    if losses[epoch - 1] != losses[epoch - 1]:
        return "the loss is no finite number"
    return f"loss {number(losses[epoch - 1])}"


def notes(
    problem: Problem | None, *, has_frames: bool, train: str, what: str, advice: str = ""
) -> Markup:
    """Return why there are no frames, or no more of them; what to say where all is well."""
    mark, code = tag("span", "!", class_="nnp-mark nnp-bad"), tag("code", train)
    if problem is None:
        return tag("p", mark, f" {advice}", class_="nnp-problem") if advice else Markup("")
    if has_frames:
        text = f" The frames end here: {_end_sentence(problem.sentence)}"
        return tag("p", mark, text, class_="nnp-problem")
    if problem.is_started:
        text = f" works. So far: {_end_sentence(problem.sentence)}"
        mark = tag("span", "!", class_="nnp-mark nnp-bad", aria_hidden="true")
        return tag("p", mark, " The picture appears once ", code, text, class_="nnp-problem")
    start = f"Here you will see {what}, frame by frame, as soon as "
    return tag("p", start, code, f" works ({problem.sentence}).", class_="nnp-later")


def _end_sentence(sentence: str) -> str:
    return sentence if sentence.endswith("?") else f"{sentence}."


def card(
    title: str, text: str, frames: Sequence[Frame], panels: Sequence[Markup], said: Markup
) -> Markup:
    """Return a figure: the panels in the last frame, the slider, and what is said below them."""
    content = [tag("figcaption", tag("strong", title))]
    content += [tag("p", text, class_="nnp-text")] if text else []
    if frames:
        content += [tag("div", *panels, class_="nnp-panels"), _draw_controls(frames, title)]
    is_player = True if frames else None
    kind = "nnp-card nnp-training"
    return tag("figure", *content, said, class_=kind, data_nnp_player=is_player)


def _draw_controls(frames: Sequence[Frame], what: str) -> Markup:
    """Return the slider, which the script shows, and the data of all frames."""
    last = str(len(frames) - 1)
    more = {"type": "range", "min": "0", "max": last, "value": last, "step": "1"}
    slider = moving(frames[-1], "slider", "input", **more, aria_label=f"Training of {what}")
    # An input has no content and no end tag.
    slider = Markup(slider.removesuffix("</input>"))
    play = tag("button", "Play", type="button", class_="nnp-play")
    data = json.dumps(frames, separators=(",", ":")).replace("<", "\\u003c")
    script = tag("script", Markup(data), type="application/json")
    bar = tag("div", play, slider, class_="nnp-controls", hidden=True)
    now = moving(frames[-1], "now", "p", class_="nnp-now")
    return Markup(bar + now + script)


# ---- the loss


def _choose_plot(losses: Sequence[float], top: float) -> Plot:
    finite = [loss for loss in losses if loss == loss]  # nan equals nothing
    highest = min(max(finite, default=top), OFF * top)
    return Plot(40, 10, 250, 240, 0, max(len(losses), 1), 0, 1.08 * max(highest, top))


def loss_frame(losses: Sequence[float], epoch: int, *, top: float) -> Frame:
    """Return the loss's mark in the frame of an epoch."""
    plot = _choose_plot(losses, top)
    x = num(plot.x(min(epoch, len(losses))))
    has_loss = 0 < epoch <= len(losses) and losses[epoch - 1] == losses[epoch - 1]
    y = plot.y(losses[epoch - 1]) if has_loss else plot.top
    return {
        "loss-line": {"x1": x, "x2": x},
        "loss-dot": {
            "cx": x,
            "cy": num(min(max(y, plot.top), plot.top + plot.height)),
            "r": "5" if has_loss else "0",
        },
    }


def loss_panel(frame: Frame, losses: Sequence[float], *, top: float) -> Markup:
    """Return the loss over the epochs, with the present frame marked."""
    plot = _choose_plot(losses, top)
    bottom, right = plot.top + plot.height, plot.left + plot.width
    points = [plot.at(point) for point in enumerate(losses, start=1) if point[1] == point[1]]
    layers = [
        tag("rect", class_="paper", width="300", height="300"),
        tag("path", class_="axis", d=path([(plot.left, plot.top), (plot.left, bottom)])),
        tag("path", class_="axis", d=path([(plot.left, bottom), (right, bottom)])),
        *[tick(number(v), plot.left - 5, plot.y(v) + 4, "end") for v in ticks(0, plot.y1)],
        *[tick(number(v), plot.x(v), bottom + 16, "middle") for v in ticks(0, plot.x1)],
        tick("epochs", plot.left + plot.width / 2, bottom + 34, "middle"),
        moving(frame, "loss-line", "line", class_="instant", y1=plot.top, y2=bottom),
        plot.window(tag("path", class_="yours", d=path(points))),
        moving(frame, "loss-dot", "circle", class_="dot"),
    ]
    if points:
        ends = [number(v) if math.isfinite(v) else "no number" for v in (losses[0], losses[-1])]
        told = f"from {ends[0]} to {ends[1]} in {len(losses)} epochs"
        label = f"The loss of your training: {told}."
    else:
        label = "There is no loss to show."
        layers.append(tick("no losses came back", right - 125.0, 120.0, "middle"))
    drawing = tag("svg", *layers, viewBox="0 0 300 300", role="img", aria_label=label)
    return panel("Loss", "the mean over the items", drawing)


def panel(
    title: str, more: str, drawing: Markup, *, is_large: bool = False, legend: str = ""
) -> Markup:
    """Return a drawing with its title above, and below what a line in it is."""
    head = tag("p", tag("strong", title), f" {more}", class_="nnp-panel-title")
    size = "nnp-panel nnp-large" if is_large else "nnp-panel"
    below = [tag("p", legend, class_="nnp-panel-title")] if legend else []
    return tag("div", head, drawing, *below, class_=size)
