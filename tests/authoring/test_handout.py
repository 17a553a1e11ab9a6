"""The handout's numbers are worked out, its claims hold, and it gives no code away."""

import doctest
import html
import inspect
import re
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from test_stubs import body_lines

from autograder.authoring.commands import stubs as stubs_command
from autograder.authoring.handout import source, stubs
from autograder.authoring.handout.notebook import notebook_text
from autograder.authoring.handout.page import to_html
from autograder.authoring.handout.placeholders import sample_report
from autograder.authoring.handout.source import Handout, read_handout
from autograder.core.compare import FLOAT64_TOLERANCE
from autograder.core.limits import Limits
from autograder.errors import RubricError
from autograder.homework.folder import Homework
from autograder.homework.key import Key
from autograder.intake.take_in import take_in

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "assignment" / "README.md"
SOURCES = sorted((ROOT / "handout").glob("*.md"))

#: Words that a person reads in a minute, formulas and tables among them.
WORDS_A_MINUTE = 220


@pytest.fixture(scope="module")
def handout(key: Key) -> Handout:
    return read_handout(Homework(ROOT), key=key)


@pytest.fixture(scope="module")
def readme(handout: Handout) -> str:
    return handout.to_markdown()


@pytest.fixture
def homework(answer_keys: dict[str, Path], tmp_path: Path) -> Homework:
    """A copy of what the handout is made from, to be changed."""
    for name in ("handout", "solution"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "homework.ini", tmp_path)
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "answer-key.public").symlink_to(answer_keys["public"])
    (tmp_path / "rubric").mkdir()
    shutil.copy(ROOT / "rubric" / "predicates.py", tmp_path / "rubric")
    return Homework(tmp_path)


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def blocks(markdown: str) -> Iterator[tuple[str, str]]:
    """Yield the kind and the text of each block of code."""
    yield from re.findall(r"^```(\w+)\n(.*?)^```$", markdown, re.M | re.S)


def numbers(text: str) -> list[str]:
    """Return what is calculated, by its look: numbers with three decimals and more."""
    return re.findall(r"\d+\.\d{3,}", text)


def answers(markdown: str) -> str:
    """Return what Python answers in all examples."""
    sessions = [code for kind, code in blocks(markdown) if kind == "pycon"]
    lines = "".join(sessions).split("\n")
    return "\n".join([line for line in lines if not line.startswith((">>>", "..."))])


# ---- numbers


class SameNumbers(doctest.OutputChecker):
    """Compares the numbers of two outputs, four decimals of each; 0 is -0."""

    def check_output(self, want: str, got: str, optionflags: int) -> bool:
        found = [[float(n) for n in re.findall(r"-?\d+\.?\d*", text)] for text in (want, got)]
        return len(found[0]) == len(found[1]) and np.allclose(*found, rtol=0, atol=1e-9)


def run_session(markdown: str) -> SimpleNamespace:
    """Paste every example into one session, as a student does, and compare each answer."""
    variables: dict[str, Any] = {}
    failed: list[str] = []
    with np.printoptions():
        for kind, code in blocks(markdown):
            if kind == "python":
                exec(code, variables)
            if kind != "pycon":
                continue
            test = doctest.DocTestParser().get_doctest(code, variables, "handout", None, 0)
            runner = doctest.DocTestRunner(SameNumbers(), verbose=False)
            runner.run(test, out=failed.append, clear_globs=False)
            variables = test.globs
    return SimpleNamespace(failed=failed, **variables)


def test_every_answer_is_what_python_gives_when_the_examples_are_pasted(readme: str) -> None:
    done = run_session(readme)
    assert done.failed == []
    assert len(numbers(answers(readme))) > 150


def test_a_wrong_answer_is_noticed(readme: str) -> None:
    wrong = numbers(answers(readme))[40]
    assert run_session(readme.replace(wrong, "0.1234")).failed


def test_the_example_shows_transposes_repeated_words_and_no_kink(readme: str) -> None:
    done = run_session(readme)
    lengths = [len(done.f), *done.H.shape, done.U.shape[1]]
    assert len(set(lengths)) == 4
    assert (done.embed(done.E, done.ids) == done.f).all()
    assert (done.k != 0).all()
    assert max(np.bincount(done.ids[0])) == 2
    assert set(range(len(done.E))) > set(done.ids.ravel().tolist())


def test_no_worked_number_is_typed(readme: str) -> None:
    typed = "\n".join([path.read_text(encoding="utf-8") for path in SOURCES])
    assert not set(numbers(answers(readme))) & set(numbers(typed))
    assert answers(typed) == ""


def test_another_solution_gives_other_numbers(homework: Homework, key: Key, readme: str) -> None:
    change(homework.solution / "updates.py", "f.T @ dk / t", "f.T @ dk / (2 * t)")
    other = read_handout(homework, key=key).to_markdown()
    before, after = (answers(text).split("\n") for text in (readme, other))
    different = [a for a, b in zip(before, after, strict=True) if a != b]
    assert len(different) > 5
    assert other != readme


def test_the_same_sources_give_the_same_bytes(handout: Handout, readme: str, key: Key) -> None:
    again = read_handout(Homework(ROOT), key=key).to_markdown()
    assert again == readme
    assert to_html(again) == to_html(readme)


def test_an_answer_that_is_typed_by_hand_is_refused(homework: Homework, key: Key) -> None:
    change(homework.root / "handout" / "forward.md", ">>> z\n", ">>> z\narray([[1.0]])\n")
    with pytest.raises(RubricError, match=r"^handout/forward\.md line \d+: an answer is below"):
        read_handout(homework, key=key)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("minutes: 60", "minutes: long", "the first line says how long the part takes, as"),
        (
            "## cross_entropy",
            "## crossentropy",
            "'## crossentropy' is not one of the functions; they",
        ),
        ("## cross_entropy", "## softmax", "'## softmax' comes twice; they are softmax,"),
        (">>> z\n", ">>> zz\n", "NameError: name 'zz' is not defined"),
        ("{{ percent(o[1, 0]) }}", "{{ p }}", "NameError: name 'p' is not defined"),
    ],
)
def test_a_slip_in_the_text_is_a_sentence_with_its_line(
    homework: Homework, key: Key, old: str, new: str, sentence: str
) -> None:
    page = homework.root / "handout" / "forward.md"
    change(page, old, new)
    # An example is told by the line in which its block begins.
    place = page.read_text(encoding="utf-8").rindex(new.strip())
    before = page.read_text(encoding="utf-8")[:place]
    start = before.rindex("```pycon") if new.startswith(">>>") else place
    line = before[:start].count("\n") + 1
    with pytest.raises(RubricError) as caught:
        read_handout(homework, key=key)
    assert str(caught.value).startswith(f"handout/forward.md line {line}: {sentence}")
    assert "\n" not in str(caught.value)


def test_all_that_is_wrong_is_told_at_once_and_nothing_that_follows_from_it(
    homework: Homework, key: Key
) -> None:
    pages = homework.root / "handout"
    change(pages / "introduction.md", "# {{ title }}", "A text")
    change(pages / "introduction.md", "f = np.array(", "f = np.arr(")
    change(pages / "forward.md", "minutes: 60", "minutes: an hour")
    change(pages / "notebook.md", "## After train.py", "## After training")
    (pages / "embedings.md").write_text("About words.\n")
    (pages / "closing.md").write_bytes(b"\xff")
    with pytest.raises(RubricError) as caught:
        read_handout(homework, key=key)
    told = [line.split(":")[0] for line in str(caught.value).split("\n")]
    assert sorted(set(told)) == sorted(told)
    assert [place.removeprefix("handout/").split()[0] for place in sorted(told)] == [
        "closing.md",
        "embedings.md",
        "forward.md",
        "introduction.md",
        "introduction.md",
        "notebook.md",
    ]


@pytest.mark.parametrize("has_stubs", [True, False])
def test_an_example_opens_data_from_where_students_work(
    homework: Homework, key: Key, has_stubs: bool
) -> None:
    if has_stubs:
        homework.assignment.mkdir()
    (homework.root / "datasets").mkdir()
    (homework.root / "datasets" / "x.csv").write_text("1,2\n3,4\n")
    closing = homework.root / "handout" / "closing.md"
    closing.write_text(
        "```python\nimport os\nx = np.loadtxt('../datasets/x.csv', delimiter=',')\n```\n\n"
        "```pycon\n>>> x.sum()\n>>> os.listdir()\n```\n"
    )
    before = Path.cwd(), sorted(homework.root.iterdir())
    page = read_handout(homework, key=key).closing
    assert ">>> x.sum()\nnp.float64(10.0)\n>>> os.listdir()\n[]\n" in page
    assert (Path.cwd(), sorted(homework.root.iterdir())) == before


def test_a_page_of_minutes_alone_leaves_the_text_to_the_solution(
    homework: Homework, key: Key
) -> None:
    (homework.root / "handout" / "train.md").write_text("minutes: 10\n")
    (part,) = [p for p in read_handout(homework, key=key).parts if p.file == "train"]
    import train

    assert part.minutes == 10
    assert part.text.strip() == inspect.cleandoc(str(train.__doc__))
    assert part.functions["predict"].strip() == str(train.predict.__doc__).split("\n")[0]


def test_a_homework_without_a_handout_has_plain_pages(homework: Homework, key: Key) -> None:
    shutil.rmtree(homework.root / "handout")
    homework.settings_path.unlink()
    handout = read_handout(homework, key=key)
    assert handout.introduction.startswith("# Test a homework without")  # the folder's name
    assert "about" not in handout.parts[0].worth
    page = handout.to_markdown()
    assert "{{" not in page
    assert "| part | about | points |\n" in page
    for name in key.functions:
        assert name.partition(".")[2] in page
    assert to_html(page).count("<h3") == len(key.functions)
    texts = stubs.read_stubs(homework.solution).items()
    notebook = notebook_text(handout, {name.removesuffix(".py"): text for name, text in texts})
    assert 'grader.check(\\"affine\\")' in notebook


def test_the_default_pages_know_no_homework(key: Key) -> None:
    words = {word for name in key.functions for word in name.split(".")} - {"train", "step", "text"}
    for path in source.DEFAULTS.glob("*.md"):
        assert not words & set(re.findall(r"\w+", path.read_text(encoding="utf-8")))


def test_the_table_of_the_exam_has_every_point_and_says_which_are_hidden(
    readme: str, key: Key
) -> None:
    assert "Of 100 points, you can check 75.25 yourself. The other 24.75," in readme
    _, _, text = readme.partition("| function | points |")
    rows = [line.split("|")[1:-1] for line in text.split("\n\n")[0].split("\n")[2:]]
    assert [row[0].strip(" `") for row in rows] == list(key.functions)
    for row in rows:
        worth = float(row[1].strip(" *"))
        own = [float(cell) for cell in row[2:-1] if cell.strip()]
        others = [float(said) for said in re.findall(r"([\d.]+): ", row[-1])]
        assert sum(own) + sum(others) == pytest.approx(worth)


def test_reading_leaves_the_solutions_modules_as_they_were(handout: Handout) -> None:
    import forward

    assert Path(str(forward.__file__)).parent == ROOT / "solution"
    assert np.get_printoptions()["precision"] == 8


def test_every_placeholder_is_in_the_documentation(
    key: Key, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (ROOT / "docs" / "handout.md").read_text(encoding="utf-8")
    known: dict[str, Any] = {}
    real = source.make_placeholders
    monkeypatch.setattr(
        source, "make_placeholders", lambda *words: known.update(real(*words)) or known
    )
    read_handout(Homework(ROOT), key=key)
    assert len(known) > 8
    assert [name for name in known if f"{{{{ {name}" not in page] == []


# ---- the grader's message


def test_the_message_is_what_the_grader_prints(
    command: Callable[..., Any], readme: str, tmp_path: Path
) -> None:
    folder = tmp_path / "hw"
    shutil.copytree(ROOT / "assignment", folder, ignore=shutil.ignore_patterns("__pycache__"))
    stub = re.compile(r'raise NotImplementedError\("activations.sigmoid_grad: .*"\)')
    module = folder / "activations.py"
    module.write_text(stub.sub("return x * (1 - x)", module.read_text()))
    done = command("grade", folder, "--public", "--for", "students")
    assert done.stdout.strip() in readme
    assert "likely     This is s (1 - s)" in done.stdout


def test_a_function_that_is_not_there_can_not_be_written(homework: Homework) -> None:
    with pytest.raises(RubricError, match=r"there is no stub of forward\.softmin"):
        sample_report(homework, "forward.softmin", "return z")


# ---- points and promises


def test_the_points_of_all_functions_add_up(handout: Handout, readme: str, key: Key) -> None:
    assert sum([part.points for part in handout.parts if not part.is_bonus]) == 100
    for part in handout.parts:
        assert sum(part.function_points.values()) == pytest.approx(part.points)
        extra = " of extra credit" * part.is_bonus
        about = f"{part.points:g} points{extra}, about {part.minutes} minutes;"
        assert f"*{part.title}: {about}" in readme
        assert list(part.functions) == list(key.files[part.file])
        for name, points in part.function_points.items():
            worth = f"{points:g} point{'' if points == 1 else 's'}"
            assert f"\n### `{part.calls[name]}`, {worth}\n" in readme


def test_a_call_is_shown_with_its_defaults(handout: Handout) -> None:
    assert handout.parts[1].calls["leaky_relu"] == "leaky_relu(x, slope=0.01)"
    assert handout.parts[0].calls["xor_by_hand"] == "xor_by_hand()"


def test_what_is_said_of_shares_is_so(readme: str, key: Key) -> None:
    assert "The largest share of a function's points is for the right values, public" in readme
    assert "at least a quarter of a point each" in readme
    for name in key.functions:
        own = {c.id.rpartition(".")[2]: c.points for c in key.checks if c.function == name}
        assert min(own.values()) >= 25
        numbers = [own.pop(check) for check in ("values", "hidden") if check in own]
        assert not numbers or sum(numbers) > max(own.values())


def test_what_is_said_of_limits_and_tolerances_is_so(readme: str) -> None:
    limits = Limits()
    for said in (
        f"{limits.function_seconds:g} s per function, {limits.training_seconds:g} s for training",
        "a relative {:g}, or an absolute {:g}".format(*FLOAT64_TOLERANCE).replace("e-0", "e-"),
    ):
        assert said in readme


def test_every_erratum_stands_in_its_part_and_in_the_list(handout: Handout) -> None:
    parts = [text for part in handout.parts for text in (part.text, *part.functions.values())]
    there = sum([text.count("> **Erratum") for text in parts])
    _, _, listed = handout.closing.partition("## Errata of the notes\n")
    assert there == len(re.findall(r"^- `\w+\.py`", listed, re.M)) >= 8


def test_it_is_read_in_some_25_minutes(readme: str) -> None:
    looked_up = r"^```.*?^```$|^\| function \| points .*?\n\n"
    beside = r"^## Part \d+: [^\n]*\n\n[^\n]* of extra credit.*?(?=^## )"
    prose = re.sub(f"{looked_up}|{beside}", "", readme, flags=re.M | re.S)
    assert 10 < len(prose.split()) / WORDS_A_MINUTE < 26


def test_what_is_written_for_staff_does_not_reach_students(readme: str) -> None:
    assert "Course staff" in (ROOT / "handout" / "introduction.md").read_text(encoding="utf-8")
    assert "Course staff" not in readme


def test_formulas_hold_nothing_that_markdown_would_take_for_itself(readme: str) -> None:
    formulas = re.findall(r"\$\$?([^$\n]+)\$\$?", re.sub(r"```.*?```", "", readme, flags=re.S))
    assert len(formulas) > 60
    assert not [f for f in formulas if re.search(r"\\[^A-Za-z]|\*|[)\]]_|[^\\]<", f)]


# ---- nothing of the solution


def code_lines() -> set[str]:
    """Return the solution's lines that say something, without their ``return``."""
    found = set()
    for path in (ROOT / "solution").glob("*.py"):
        found |= body_lines(path.read_text(encoding="utf-8"))
    bare = {" ".join(line.removeprefix("return ").split()) for line in found}
    return {line for line in bare if re.search(r"\w", line) and re.search(r"[^\w, ]", line)}


def test_no_line_of_the_solution_is_in_it(readme: str) -> None:
    page = html.unescape(re.sub(r"<[^>]+>", "", to_html(readme)))
    typed = "\n".join([path.read_text(encoding="utf-8") for path in SOURCES])
    lines = code_lines()
    assert len(lines) > 60
    for text in (readme, README.read_text(encoding="utf-8"), page, typed):
        squeezed = " ".join(text.split())
        assert [line for line in lines if line in squeezed] == []


# ---- the files in assignment/


def test_the_committed_pages_have_not_drifted(command: Callable[..., Any]) -> None:
    done = command("stubs", "--check")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.fixture
def stubs_of(homework: Homework, key: Key, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Run the verb ``stubs`` on a copy of the homework."""
    monkeypatch.setattr(stubs_command, "current_key", lambda *_: key)
    return partial(stubs_command.run_stubs, homework)


def test_stubs_and_pages_are_written_together_and_their_drift_is_named(
    stubs_of: Callable[..., int], homework: Homework, capsys: pytest.CaptureFixture[str]
) -> None:
    assert stubs_of() == 0
    assert capsys.readouterr().out.split()[-3:] == [
        "assignment/README.md",
        "assignment/discussion.md",
        "assignment/assignment.ipynb",
    ]
    assert stubs_of(check_only=True) == 0
    change(homework.assignment / "README.md", "about a", "about b")
    (homework.assignment / "discussion.md").unlink()
    (homework.assignment / "train.py").unlink()
    assert stubs_of(check_only=True) == 3
    named = re.findall(r"^assignment/(\S+) is out of date", capsys.readouterr().err, re.M)
    assert named == ["train.py", "README.md", "discussion.md"]


def test_the_pages_beside_the_stubs_are_no_matter_to_the_grader(key: Key, tmp_path: Path) -> None:
    submission = take_in(ROOT / "assignment", tmp_path / "taken", wanted=key.files)
    assert submission.notes == ()
    assert {path.suffix for path in submission.folder.iterdir()} == {".py"}
