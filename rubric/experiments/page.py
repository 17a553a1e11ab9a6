"""Draw what came of training on texts: the curves, the words, and a sweep's table as a map."""

from collections.abc import Mapping, Sequence

import numpy as np

from autograder.outputs.html.player import panel
from autograder.outputs.html.svg import Markup, Plot, num, number, path, tag, tick, ticks

from .data import Texts
from .runs import Run

__all__ = ["draw_sweep", "draw_training"]

#: So many of the most frequent words are drawn.
MOST_WORDS = 40


def draw_training(texts: Texts, run: Run, nearest: Mapping[str, Sequence[str]]) -> Markup:
    """Return the figure of a training."""
    s = run.settings
    text = (
        f"{len(texts.training.y)} texts, {s.v} hidden units, learning rate {s.lr:g}, minibatches"
        f" of {s.batch_size}, {s.e} numbers a word. Your own functions did all of this; the linear"
        " model is the grader's."
    )
    panels = [_draw_loss(run), _draw_shares(run), _draw_words(run)]
    return tag(
        "figure",
        tag("figcaption", tag("strong", f"Training on {texts.name}")),
        tag("p", text, class_="nnp-text"),
        tag("div", *panels, class_="nnp-panels"),
        *_list_nearest(nearest),
        class_="nnp-card",
    )


def _draw_axes(plot: Plot, names: str) -> list[Markup]:
    bottom, right = plot.top + plot.height, plot.left + plot.width
    return [
        tag("rect", class_="paper", width="300", height="300"),
        tag("path", class_="axis", d=path([(plot.left, plot.top), (plot.left, bottom)])),
        tag("path", class_="axis", d=path([(plot.left, bottom), (right, bottom)])),
        *[tick(number(v), plot.left - 5, plot.y(v) + 4, "end") for v in ticks(plot.y0, plot.y1)],
        *[tick(number(v), plot.x(v), bottom + 16, "middle") for v in ticks(plot.x0, plot.x1)],
        tick(names, plot.left + plot.width / 2, bottom + 34, "middle"),
    ]


def _draw_line(plot: Plot, values: Sequence[float], paint: str) -> Markup:
    points = [plot.at(point) for point in enumerate(values, start=1)]
    return plot.window(tag("path", class_=paint, fill="none", d=path(points)))


def _draw(label: str, layers: Sequence[Markup]) -> Markup:
    return tag("svg", *layers, viewBox="0 0 300 300", role="img", aria_label=label)


def _draw_loss(run: Run) -> Markup:
    losses = [epoch.loss for epoch in run.epochs]
    plot = Plot(40, 10, 250, 240, 0, len(losses), 0, 1.08 * max(losses) or 1.0)
    label = f"The loss: from {number(losses[0])} to {number(losses[-1])} in {len(losses)} epochs."
    layers = [*_draw_axes(plot, "epochs"), _draw_line(plot, losses, "yours")]
    return panel("Loss", "the mean over the items", _draw(label, layers))


def _draw_shares(run: Run) -> Markup:
    plot = Plot(40, 10, 250, 240, 0, len(run.epochs), 0, 1)
    last = run.epochs[-1]
    lines = {
        "yours": [epoch.held_out for epoch in run.epochs],
        "right": [epoch.linear for epoch in run.epochs],
        "instant": [epoch.training for epoch in run.epochs],
    }
    label = (
        f"Right labels at the end: {last.held_out:.2f} of what was held out,"
        f" {last.training:.2f} of what was trained on; the linear model {last.linear:.2f}."
    )
    layers = [*_draw_axes(plot, "epochs")]
    layers += [_draw_line(plot, values, paint) for paint, values in lines.items()]
    legend = "held out: solid; training: dotted; the linear model, held out: dashed"
    return panel("Right labels", "as a share", _draw(label, layers), legend=legend)


def _draw_words(run: Run) -> Markup:
    """Return the words in the two directions in which the embeddings differ most."""
    words = sorted(run.words, key=lambda word: run.words[word])[:MOST_WORDS]
    E = run.E[[run.words[word] for word in words]]
    centered = E - E.mean(axis=0)
    _, _, directions = np.linalg.svd(centered, full_matrices=False)
    flat = centered @ directions[:2].T
    flat = np.pad(flat, ((0, 0), (0, 2 - flat.shape[1])))
    low, high = flat.min(axis=0), flat.max(axis=0)
    margin = 0.12 * np.maximum(high - low, 1e-6)
    (x0, y0), (x1, y1) = low - margin, high + margin
    plot = Plot(10, 10, 280, 280, x0, x1, y0, y1)
    layers = [tag("rect", class_="paper", width="300", height="300")]
    for word, point in zip(words, flat, strict=True):
        x, y = plot.at(point)
        layers.append(tag("circle", class_="dot", cx=x, cy=y, r="2.5"))
        layers.append(tag("text", word, class_="tick", x=x + 4, y=y + 3))
    label = f"{len(words)} frequent words: those with similar embeddings are near to one another."
    more = "in the two directions in which they differ most"
    return panel("Words", more, _draw(label, layers), is_large=True)


def _list_nearest(nearest: Mapping[str, Sequence[str]]) -> list[Markup]:
    if not nearest:
        return []
    rows = [
        tag("tr", tag("th", word, scope="row"), tag("td", ", ".join(near)))
        for word, near in nearest.items()
    ]
    head = tag("tr", tag("th", "word", scope="col"), tag("th", "nearest", scope="col"))
    return [tag("table", tag("caption", "Nearest words"), head, *rows)]


def draw_sweep(
    texts: Texts,
    lr: Sequence[float],
    v: Sequence[int],
    shares: Mapping[tuple[float, int], Sequence[float]],
) -> Markup:
    """Return the figure of a sweep: a map with a cell for each choice, the darker the better."""
    means = {pair: float(np.mean(own)) for pair, own in shares.items()}
    low, high = min(means.values()), max(means.values())
    width, height = 90.0, 54.0
    layers = []
    for row, rate in enumerate(lr):
        y = 30 + row * height
        layers.append(tick(number(rate), 66, y + height / 2 + 4, "end"))
        for column, units in enumerate(v):
            x = 74 + column * width
            own, mean = shares[rate, units], means[rate, units]
            depth = (mean - low) / (high - low) if high > low else 0.5
            box = {"x": x, "y": y, "width": width - 3, "height": height - 3}
            shade = f"{0.08 + 0.42 * depth:.2f}"
            layers.append(tag("rect", class_="item-0", fill_opacity=shade, **box))
            middle = x + width / 2 - 1.5
            for line, said in enumerate((f"{mean:.2f}", f"{min(own):.2f} to {max(own):.2f}")):
                at = {"x": middle, "y": y + 22 + 18 * line}
                layers.append(tag("text", said, class_="say", text_anchor="middle", **at))
    for column, units in enumerate(v):
        layers.append(tick(str(units), 74 + (column + 0.5) * width - 1.5, 20, "middle"))
    layers.append(tick("rate", 66, 20, "end"))
    size = f"0 0 {num(80 + len(v) * width)} {num(36 + len(lr) * height)}"
    rate, units = max(means, key=lambda pair: means[pair])
    label = (
        f"Best: learning rate {rate:g} and {units} hidden units, {means[rate, units]:.2f} right."
    )
    drawing = tag("svg", *layers, viewBox=size, role="img", aria_label=label)
    runs = len(shares[rate, units])
    text = (
        f"The share of right labels among {len(texts.held_out.y)} held-out texts, the mean of"
        f" {runs} seeds, and from the least to the most. {label} Differences smaller than those"
        " ranges are noise."
    )
    return tag(
        "figure",
        tag("figcaption", tag("strong", f"A sweep on {texts.name}")),
        tag("p", text, class_="nnp-text"),
        panel("Learning rate down, hidden units across", "", drawing, is_large=True),
        class_="nnp-card",
    )
