"""The drawings say what they show, with and without a script, and nothing in them can run."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from browser import Watched, browser, opened

from autograder.homework.key import PictureKey
from autograder.homework.own_code import load_own
from autograder.outputs.html.drawings import drawings_html, tell_difference
from autograder.outputs.html.page import security_policy
from autograder.pictures.records import Curve, CurvesPicture, OwnPicture, Pictures, Problem

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["browser"]

network, words, regions = [
    load_own(Path(__file__).resolve().parents[2] / "rubric" / "pictures", kind)
    for kind in ("network", "words", "regions")
]

X = np.linspace(-4, 4, 160)
RELU = np.maximum(X, 0)
NOT_STARTED = Problem("it is not started yet", is_started=False)
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'&"

EPOCHS = (0, 1, 5, 20)
F = np.array([[1.0, 1.0], [1.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
Y = np.array([0, 1, 1, 0])


def curve(got: np.ndarray | None, problem: Problem | None = None) -> Curve:
    return Curve("activations.relu", X, RELU, got, problem)


def network_frame(number: int, *, side: int = 33) -> Any:
    """Return a frame: the regions' border moves, and so do the points."""
    axis = np.linspace(-0.6, 1.6, side)
    scores = 8 * (0.1 * number + 0.5 - np.abs(axis + axis[:, None] - 1))
    hidden = np.maximum(np.stack([F.sum(axis=1) - 1, 1 - F.sum(axis=1)], axis=1), 0) * number / 2
    is_right = (True, True, True, number > 1)
    return network.NetworkFrame(EPOCHS[number], hidden, (-1.0, -1.0, 0.5), scores, is_right)


def training(kind: str, title: str, frames: list[Any], **data: Any) -> Any:
    """Return a training of 20 epochs, and what the key says of it."""
    key = PictureKey(kind, title, (f"train.{kind}", "forward.forward"), {}, {"top": 0.7} | data)
    losses = tuple((0.7 / np.arange(1, 21)).tolist())
    return network.Training(key, tuple(frames), losses)


def saying(training: Any, *, title: str = "", problem: Problem | None = None, **data: Any) -> Any:
    """Return a training about which the key says something else."""
    key = training.key
    key = replace(key, title=title or key.title, data=key.data | data)
    return replace(training, key=key, problem=problem)


NETWORK = training(
    "network",
    "xor",
    [network_frame(number) for number in range(4)],
    text="Four points.",
    f=F,
    y=Y,
    labels=("a", "b"),
    box=(np.full(2, -0.6), np.full(2, 1.6)),
    span=1.5,
)

WORDS = training(
    "words",
    "words",
    [words.WordsFrame(e, np.array([[0.1, 0], [0, 0.1], [e / 20, 0.5]]), 4) for e in EPOCHS],
    text="Three words.",
    y=Y,
    words=("very", "not", "good"),
    groups=(("adverbs", 2), ("adjectives", 1)),
    span=1.0,
)

CURVES = CurvesPicture("ReLU", "", (curve(RELU),))


def shown(*records: Any) -> Pictures:
    """Return pictures of the framework's own kind and of the homework's."""
    kinds = {"network": network, "words": words}
    pictures = [
        OwnPicture(r, kinds[r.key.kind].draw) if isinstance(r, network.Training) else r
        for r in records
    ]
    return Pictures(tuple(pictures))


ALL = shown(CURVES, NETWORK, WORDS)


class _Reader(HTMLParser):
    """Notes elements, attributes and text, and that each element is closed by its own end."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag != "input":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "script"} & set(self.open):
            self.text += data


def read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return reader


def labels(html: str) -> list[str]:
    """Return what the drawings say to those who do not see them."""
    return [str(a["aria-label"]) for _, a in read(html).elements if a.get("role") == "img"]


def drawn_values(html: str) -> list[tuple[str, str]]:
    """Return every attribute that is no text for people, of the page and of all frames."""
    states: list[dict[str, Any]] = [attributes for _, attributes in read(html).elements]
    for data in re.findall(r'<script type="application/json">(.*?)</script>', html):
        states += [state for frame in json.loads(data) for state in frame.values()]
    for_people = ("aria-label", "aria-valuetext", "text", "class")
    return [(k, str(v)) for state in states for k, v in state.items() if k not in for_people]


# ---- words


def test_a_right_curve_is_said_to_be_right() -> None:
    html = drawings_html(shown(CURVES))
    assert "relu as it should be" in read(html).text
    assert labels(html) == ["Your relu for x from \u22124 to 4: it is the right curve."]


@pytest.mark.parametrize(
    ("got", "said"),
    [
        (RELU, ""),
        (-RELU, "differs where x > 0, most at x = 4: \u22124 where 4 is right"),
        (RELU + 1, "differs everywhere, most at x = "),
        (np.where(abs(X) < 1, 3, RELU), "differs where \u22121 < x < 1, most at x = "),
        (RELU + 1e-4, "differs by too little to be seen: at most 0.0001"),
        (np.where(X < 0, np.nan, RELU), "not a finite number where x < 0"),
        (np.where(X < -3, np.inf, RELU), "not a finite number where x < \u22123"),
        (RELU * np.sign(np.sin(9 * X)), "differs in 6 intervals"),
    ],
)
def test_a_wrong_curve_is_described_by_where_and_how_much(got: np.ndarray, said: str) -> None:
    assert tell_difference(curve(got)).startswith(said)
    assert bool(said) == (tell_difference(curve(got)) != "")


def test_curves_that_differ_are_named_at_the_line_and_told_apart_without_colour() -> None:
    html = drawings_html(shown(replace(CURVES, curves=(curve(-RELU),))))
    reader = read(html)
    assert "yours" in reader.text
    assert "right" in reader.text
    classes = [attributes.get("class") for _, attributes in reader.elements]
    assert {"nnp-yours", "nnp-right", "nnp-gap"} <= set(classes)
    assert html.count("stroke-dasharray") == 1


def test_what_is_not_started_gets_one_friendly_line() -> None:
    picture = replace(CURVES, curves=(curve(None, NOT_STARTED),))
    none = replace(NETWORK, frames=(), losses=(), problem=NOT_STARTED)
    html = drawings_html(shown(picture, picture, none))
    text = read(html).text
    assert text.count("Here your functions will be drawn over the right curves") == 1
    assert "Here you will see" in text
    assert "as soon as network works (it is not started yet)" in text
    assert labels(html) == []


def test_one_curve_that_is_missing_among_others_shows_the_right_one() -> None:
    missing = replace(CURVES, curves=(curve(RELU), curve(None, NOT_STARTED)))
    html = drawings_html(shown(missing))
    assert labels(html)[1].endswith("dashed; yours is missing.")


def test_a_training_that_raised_says_so_in_its_place() -> None:
    broken = replace(NETWORK, frames=(), problem=Problem("it raised ValueError: no"))
    text = read(drawings_html(shown(broken))).text
    assert "The picture appears once network works. So far: it raised ValueError: no." in text


def test_a_training_that_ended_early_says_why() -> None:
    early = replace(NETWORK, problem=Problem("after 25 epochs U holds numbers beyond 1"))
    text = read(drawings_html(shown(early))).text
    assert "The frames end here: after 25 epochs U holds numbers beyond 1." in text


def test_the_grey_lines_of_the_hidden_space_are_explained_below_them() -> None:
    drawn = drawings_html(shown(NETWORK))
    legend = drawn.index("Gray: the way there since the start.")
    assert drawn.index('"trails"') < legend < drawn.index("</figure>")


def test_the_last_frame_stands_without_a_script() -> None:
    html = drawings_html(ALL)
    assert "After 20 epochs: all 4 points on the right side; loss 0.035." in read(html).text
    assert "After 20 epochs: all 4 phrases have the right label; loss 0.035." in read(html).text
    controls = [a for _, a in read(html).elements if a.get("class") == "nnp-controls"]
    assert [control.get("hidden", "shown") for control in controls] == [None, None]


def test_a_network_that_did_not_learn_is_measured_by_what_right_code_does() -> None:
    frames = (*NETWORK.frames[:3], replace(NETWORK.frames[3], is_right=(True, False, True, True)))
    text = read(drawings_html(shown(replace(NETWORK, frames=frames)))).text
    assert "After 20 epochs: 3 of 4 points on the right side" in text
    assert "With the right code every point is on the right side after 20 epochs." in text


def test_nothing_to_show_is_nothing_and_a_notice_is_a_sentence() -> None:
    assert drawings_html(Pictures()) == ""
    assert read(drawings_html(Pictures(notice="No <pictures>."))).text == "No <pictures>."


# ---- bounds


def test_noise_and_giants_stay_small_and_finite() -> None:
    noise = np.random.default_rng(0)
    frames = [
        replace(
            network_frame(3),
            epoch=epoch,
            scores=noise.normal(size=(33, 33)),
            hidden=noise.normal(size=(4, 2)) * 1e6,
            line=(0.0, 0.0, 1e6),
        )
        for epoch in range(40)
    ]
    giant = replace(NETWORK, frames=tuple(frames), losses=tuple([1e300] * 39 + [float("nan")]))
    giants = [words.WordsFrame(e, noise.normal(size=(3, 2)) * 1e6, -1) for e in range(40)]
    table = replace(WORDS, frames=tuple(giants), losses=())
    wild = replace(CURVES, curves=(curve(noise.normal(size=160) * 1e300),) * 2)
    html = drawings_html(shown(*[wild] * 7, giant, table))
    assert len(html) < 400_000
    for key, value in drawn_values(html):
        assert not re.search(r"nan|inf|\de\+", value), key


@pytest.mark.parametrize("values", [np.full(160, np.nan), np.full(160, 1e300), np.zeros(160)])
def test_a_curve_of_one_kind_of_number_is_drawn(values: np.ndarray) -> None:
    html = drawings_html(shown(replace(CURVES, curves=(curve(values),))))
    assert len(labels(html)) == 1


def test_a_loss_that_is_no_number_leaves_a_sentence() -> None:
    losses = (*NETWORK.losses[:-1], float("nan"))
    text = read(drawings_html(shown(replace(NETWORK, losses=losses)))).text
    assert "After 20 epochs: all 4 points on the right side; the loss is no finite number." in text


# ---- regions


def area(lines: list[list[tuple[float, float]]]) -> float:
    """Return the area inside closed lines, negative where they go round to the right."""
    total = 0.0
    for line in lines:
        x, y = np.array(line).T
        total += float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y) / 2)
    return total


@pytest.mark.parametrize(
    ("function", "inside"),
    [
        (lambda x, y: x - 5, 5 * 10),
        (lambda x, y: x + y - 10, 50),
        (lambda x, y: 0 * x + 1, 100),
        (lambda x, y: 0 * x - 1, 0),
        (lambda x, y: 9 - (x - 5) ** 2 - (y - 5) ** 2, np.pi * 9),
        (lambda x, y: (x - 5) ** 2 + (y - 5) ** 2 - 9, 100 - np.pi * 9),
    ],
    ids=["half", "corner", "all", "nothing", "disc", "hole"],
)
def test_an_outline_holds_the_area_where_the_function_is_positive(
    function: Callable[..., Any], inside: float
) -> None:
    axis = np.arange(11.0)
    lines = regions.outline(function(axis, axis[:, None]) + np.zeros((11, 11)))
    assert abs(area(lines) - inside) < 1.5
    assert all([line[0] == line[-1] for line in lines])


def test_a_straight_border_is_one_line_of_two_points() -> None:
    axis = np.arange(11.0)
    (line,) = regions.border(axis + axis[:, None] - 10.5)
    assert len(line) == 2


def test_random_signs_give_closed_outlines_of_the_right_area() -> None:
    values = np.random.default_rng(1).choice([-1.0, 1.0], size=(9, 9))
    lines = regions.outline(values)
    assert all([line[0] == line[-1] for line in lines])
    assert 0 < area(lines) < 64


def test_a_half_plane_of_a_box_is_what_lies_on_its_positive_side() -> None:
    box = [(0.0, 0.0), (4.0, 0.0), (4.0, 2.0), (0.0, 2.0)]
    assert area([regions.half_plane((1.0, 0.0, -1.0), box)]) == 6
    assert regions.half_plane((0.0, 0.0, -1.0), box) == []


# ---- nothing runs


def test_all_text_is_escaped() -> None:
    problem = Problem(f"it raised {HOSTILE}")
    curves = CurvesPicture(
        HOSTILE, HOSTILE, (replace(curve(None, problem), function=f"a.{HOSTILE}"),)
    )
    hostile = saying(NETWORK, title=HOSTILE, text=HOSTILE, labels=(HOSTILE, "b"), problem=problem)
    table = saying(WORDS, title=HOSTILE, words=(HOSTILE,) * 3, groups=((HOSTILE, 3),))
    reader = read(drawings_html(shown(curves, hostile, table)))
    names = {name for name, _ in reader.elements}
    assert "img" not in names
    assert len([name for name, _ in reader.elements if name == "script"]) == 3
    keys = {key for _, attributes in reader.elements for key in attributes}
    assert not [
        key for key in keys if key.startswith("on") or key in ("id", "style", "href", "src")
    ]


def test_every_part_that_a_frame_moves_is_there_once() -> None:
    html = drawings_html(ALL)
    for data, figure in zip(
        re.findall(r'<script type="application/json">(.*?)</script>', html),
        re.findall(r"<figure class=\"nnp-card nnp-training\".*?</figure>", html, re.S),
        strict=True,
    ):
        frames = json.loads(data)
        assert len(frames) == len(EPOCHS)
        parts = re.findall(r'data-nnp="([^"]*)"', figure)
        assert sorted(parts) == sorted(frames[0])
        assert {tuple(frame) for frame in frames} == {tuple(frames[0])}


# ---- in a browser


@pytest.fixture
def show(browser: "Browser", tmp_path: Path) -> Callable[..., Any]:
    """Open a page that holds the drawings, under a strict policy."""

    def page(*pictures: Pictures, **options: Any) -> Any:
        file = tmp_path / "page.html"
        drawn = "".join([drawings_html(each) for each in pictures])
        policy = security_policy(drawn)
        head = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        file.write_text(
            f'<!doctype html><html lang="en"><head><meta charset="utf-8">{head}'
            '<meta name="viewport" content="width=device-width"><title>Pictures</title></head>'
            f"<body><main><h1>Pictures</h1>{drawn}</main></body></html>",
            encoding="utf-8",
        )
        return opened(browser, file, **options)

    return page


def sentences(watched: Watched) -> list[str]:
    return [p.inner_text() for p in watched.page.query_selector_all(".nnp-now")]


def test_the_slider_moves_everything_by_keyboard(show: Callable[..., Any]) -> None:
    with show(shown(NETWORK)) as watched:
        slider = watched.page.locator("input[type=range]")
        dot = watched.page.locator("[data-nnp=loss-dot]")
        region = watched.page.locator("[data-nnp=region-half]")
        before = dot.get_attribute("cx"), region.get_attribute("d")
        assert slider.input_value() == "3"
        slider.focus()
        watched.page.keyboard.press("ArrowLeft")
        assert sentences(watched) == ["After 5 epochs: all 4 points on the right side; loss 0.14."]
        assert slider.get_attribute("aria-valuetext") == sentences(watched)[0]
        after = dot.get_attribute("cx"), region.get_attribute("d")
        assert before[0] != after[0]
        assert before[1] != after[1]
        watched.page.keyboard.press("Home")
        assert sentences(watched) == ["Before training: 3 of 4 points on the right side."]
        assert watched.page.locator("[data-nnp=inputs-wrong]").get_attribute("d") != ""
        assert dot.get_attribute("r") == "0"
        watched.page.keyboard.press("End")
        assert (dot.get_attribute("cx"), region.get_attribute("d")) == before
        assert watched.said == watched.elsewhere == []


def test_play_runs_from_the_start_to_the_last_frame(show: Callable[..., Any]) -> None:
    with show(shown(NETWORK)) as watched:
        watched.page.clock.install(time=0)
        watched.page.clock.pause_at(1000)  # else time goes on between the steps
        watched.page.get_by_role("button", name="Play").click()
        told = []
        for _ in EPOCHS:
            told.append(sentences(watched)[0].partition(":")[0])
            assert watched.page.get_by_role("button", name="Pause").count() == 1
            watched.page.clock.run_for(300)
        assert told == ["Before training", "After 1 epoch", "After 5 epochs", "After 20 epochs"]
        assert watched.page.get_by_role("button", name="Play").count() == 1
        assert watched.said == []


def test_who_wants_no_motion_gets_no_play_button(show: Callable[..., Any]) -> None:
    with show(ALL, reduced_motion="reduce") as watched:
        assert watched.page.get_by_role("button", name="Play").count() == 0
        assert watched.page.get_by_role("slider").count() == 2


def test_without_script_the_last_frame_stands_and_no_dead_control(show: Callable[..., Any]) -> None:
    with show(ALL, java_script_enabled=False) as watched:
        assert watched.page.get_by_role("slider").count() == 0
        assert sentences(watched)[0].startswith("After 20 epochs")


def test_several_on_one_page_do_not_disturb_each_other(show: Callable[..., Any]) -> None:
    with show(ALL, ALL) as watched:
        watched.page.locator("input[type=range]").nth(2).focus()
        watched.page.keyboard.press("Home")
        starts = [text.partition(":")[0] for text in sentences(watched)]
        assert starts == ["After 20 epochs"] * 2 + ["Before training", "After 20 epochs"]
        assert watched.said == []


def test_on_paper_there_is_the_last_frame_and_no_slider(show: Callable[..., Any]) -> None:
    with show(shown(NETWORK)) as watched:
        watched.page.locator("input[type=range]").focus()
        watched.page.keyboard.press("Home")
        watched.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        watched.page.emulate_media(media="print")
        assert sentences(watched)[0].startswith("After 20 epochs")
        assert not watched.page.locator("input").is_visible()
        watched.page.emulate_media(media="screen")
        watched.page.evaluate("window.dispatchEvent(new Event('afterprint'))")
        assert sentences(watched)[0].startswith("Before training")


WRONG = replace(
    CURVES, curves=(curve(-RELU), curve(np.where(X < 0, np.nan, X)), curve(None, NOT_STARTED))
)
EVERYTHING = shown(CURVES, WRONG, NETWORK, replace(NETWORK, problem=Problem("it ended")), WORDS)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1200])
def test_everybody_can_read_it_at_every_width(
    show: Callable[..., Any], scheme: str, width: int
) -> None:
    size = {"width": width, "height": 800}
    with show(EVERYTHING, color_scheme=scheme, viewport=size) as watched:
        watched.keep_picture(f"drawings-{scheme}-{width}")
        assert watched.violations() == []
        assert not watched.is_scrolled_sideways()
        assert watched.said == watched.elsewhere == []


def test_hostile_text_does_nothing(show: Callable[..., Any]) -> None:
    problem = Problem(f"it raised {HOSTILE}")
    hostile = saying(NETWORK, title=HOSTILE, text=HOSTILE, labels=(HOSTILE, "b"), problem=problem)
    with show(shown(hostile)) as watched:
        assert HOSTILE in watched.page.locator("figcaption").inner_text()
        assert watched.said == watched.elsewhere == []
