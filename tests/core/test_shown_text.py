"""Text of a student's reaches people as text: no output takes it for markup."""

import io
import json
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

import pytest
import submission_corpus as corpus

from autograder.core.message import Label, Message, Place, Row, Snippet
from autograder.core.records import CheckResult, Report, Status
from autograder.homework.settings import Feedback
from autograder.outputs.gradescope_json import to_gradescope
from autograder.outputs.text import print_report

MARKUP = (
    "<script>x</script> [bold]y[/bold] [link=https://example.org]z[/link] [z](//e.org) **m** :cat:"
)


def report() -> Report:
    """Return a report with markup wherever a student's text can be."""
    rows = (Row(Label.RAISED, MARKUP), Row(Label.LOOK_AT, "", Place("forward.py")))
    check = CheckResult(
        id="forward.softmax.values",
        part="forward",
        function="forward.softmax",
        title="values",
        status=Status.ERROR,
        score=0,
        max_score=100,
        visibility="public",
        message=Message(rows, Snippet("forward", "softmax", (f"# {MARKUP}",))),
        mistake=None,
    )
    return Report(
        (check,), 100, {"forward": "Forward"}, True, (MARKUP,), {}, {"forward.softmax": MARKUP}
    )


class Terminal(io.StringIO):
    """A terminal that shows colors."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("is_colourful", [True, False])
def test_a_terminal_shows_markup_as_it_is(
    monkeypatch: pytest.MonkeyPatch, is_colourful: bool
) -> None:
    if is_colourful:
        pytest.importorskip("rich")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("NO_COLOR", raising=False)
    stream = Terminal() if is_colourful else io.StringIO()
    print_report(report(), stream)
    shown = stream.getvalue()
    assert ("\x1b[" in shown) == is_colourful
    assert "\x1b]8" not in shown  # a link
    words = " ".join(shown.replace("\x1b[0m", "").split())
    assert words.count("[bold]y[/bold] [link=https://example.org]z[/link]") >= 3
    assert words.count(":cat:") >= 3


def test_gradescope_gets_every_text_escaped() -> None:
    results = json.loads(
        to_gradescope(report(), feedback=Feedback(), execution_seconds=1, metadata={})
    )
    for shown in (results, *results["tests"]):
        assert escape(MARKUP) in shown["output"]
        assert "<script" not in shown["output"]
        assert shown["output_format"] == "html"
    formats = [key for key in results if key.endswith("_format")]
    assert formats == ["output_format"]  # names of tests have none, so they are text as well
    for test in results["tests"]:
        assert "<" not in test["name"] + test["number"]


def test_markup_comes_out_of_a_grade_as_it_went_in(
    graded: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    folder = corpus.build("file_misnamed", tmp_path / "hw")
    (folder / "seperability.py").unlink()
    kind = 'type("<b>[red]", (Exception,), {})'
    source = f"def affine(x, W, b):\n    print({MARKUP!r} * 99)\n    raise {kind}({MARKUP!r})\n"
    # What Python itself refuses: a file in UTF-16.
    (folder / "separability.py").write_bytes(source.encode("utf-16"))
    message = _message(graded(folder), "separability.affine.values")
    assert "separability.py is saved as UTF-16" in message
    (folder / "separability.py").write_bytes(source.encode())
    result = graded(folder)
    message = _message(result, "separability.affine.values")
    assert f"raised     <b>[red]: {MARKUP}\n" in message
    assert result["printed"]["separability.affine"].startswith(MARKUP)
    printed = result["printed"]["separability.affine"]
    assert 2000 - len(MARKUP) <= len(printed) <= 2000
    assert printed.endswith("...")


def _message(result: dict[str, Any], check: str) -> str:
    return str(next(c["message"] for c in result["checks"] if c["id"] == check))
