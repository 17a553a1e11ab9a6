"""Watch mode grades on every save, shows what changed, and leaves nothing behind."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from quick import slow_after
from watching import DONE, Watching, edit, save_by_rename, without_colours

from autograder.commands.saves import _look_into, saves

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="terminals of Unix")
pytest.importorskip("watchfiles")

Watch = Callable[..., Watching]

WRONG = ("z = h @ U + b_U", "z = h @ U")


@pytest.fixture
def folder(tmp_path: Path, root: Path) -> Path:
    ignored = shutil.ignore_patterns("__pycache__")
    return Path(shutil.copytree(root / "solution", tmp_path / "work", ignore=ignored))


@pytest.fixture
def watch(answer_keys: dict[str, Path], folder: Path, tmp_path: Path) -> Iterator[Watch]:
    """Start to watch the folder."""
    started: list[Watching] = []

    def start(*words: str, columns: int = 0, rows: int = 40, **environment: str) -> Watching:
        place = tmp_path / f"place-{len(started)}"
        place.mkdir()
        started.append(Watching(folder, place, *words, columns=columns, rows=rows, **environment))
        return started[-1]

    yield start
    for watching in started:
        watching.close()


def test_a_save_shows_what_changed_then_what_to_mend_then_the_score(
    watch: Watch, folder: Path
) -> None:
    watching = watch(columns=80)
    assert "score 75.25 of 75.25" in watching.wait_for()
    edit(folder / "forward.py", *WRONG)
    began = time.monotonic()
    shown = watching.wait_for()
    waited = time.monotonic() - began
    text = without_colours(shown)
    order = [
        "saved forward.py",
        "x  -1.5  forward.forward now fails: values",
        "x  1. forward.forward returns wrong values",
        "likely     The output bias b_U is not added",
        "x   5.75 of 7.25   forward.py",
        "score 73.75 of 75.25, extra credit 4 of 4; 24.75 more points",
    ]
    places = [text.find(words) for words in order]
    assert -1 not in places, text
    assert places == sorted(places)
    said = float(re.findall(DONE, text)[-1])
    assert said <= waited + 0.2  # the time from the save to here, not a smaller part of it
    assert said >= waited - 1
    edit(folder / "forward.py", WRONG[1], WRONG[0])
    again = without_colours(watching.wait_for())
    assert "ok +1.5  forward.forward now passes: values" in again
    assert "ok Every check that you have passes." in again


def test_a_terminal_gets_a_clear_screen_and_colours_that_no_theme_hides(
    watch: Watch, folder: Path
) -> None:
    watching = watch(columns=80)
    shown = watching.wait_for()
    edit(folder / "forward.py", *WRONG)
    shown += watching.wait_for()
    assert shown.count("\x1b[2J") == 2
    colors = set(re.findall(r"\x1b\[([0-9;]*)m", shown))
    assert {"1;32", "1;31"} <= colors <= {"0", "1", "1;31", "1;32"}
    marked = re.findall(r"\x1b\[1;3[12]m(.*?)\x1b\[0m", shown)
    assert set(marked) == {"ok", "x"}  # only marks: the sentence is there without the color


@pytest.mark.slow
@pytest.mark.parametrize(
    "columns", [pytest.param(0, marks=pytest.mark.slow), 80], ids=["pipe", "terminal"]
)
def test_it_says_what_it_does_before_a_loop_is_given_up(
    watch: Watch, folder: Path, columns: int
) -> None:
    edit(folder / "separability.py", "return x @ W + b", "while True:\n        pass")
    watching = watch(columns=columns)
    begun = watching.wait_for(r"every save is\s+graded.*?\.\.\.")
    assert "score" not in begun
    assert "Grading ..." in " ".join(without_colours(begun).split())
    assert "stopped after 5 s" in without_colours(watching.wait_for())
    edit(folder / "separability.py", "while True:\n        pass", "return x @ W + b")
    assert "score" not in watching.wait_for("saved separability.py, grading ...")
    rest = watching.wait_for()
    assert ("saved separability.py" in rest) == bool(columns)


@pytest.mark.slow
def test_on_a_small_screen_what_changed_stands_beside_the_score_again(
    watch: Watch, folder: Path
) -> None:
    watching = watch(columns=80, rows=24)
    watching.wait_for()
    edit(folder / "forward.py", *WRONG)
    lines = without_colours(watching.wait_for()).splitlines()
    assert lines[-2] == "changed: -1.5 forward.forward"
    assert lines[-1].startswith("score 72.25 of 75.25")


def test_one_failure_is_told_in_full_and_the_others_in_a_line_each(
    watch: Watch, folder: Path
) -> None:
    for name in ("sigmoid", "tanh", "relu", "leaky_relu", "gelu", "swish"):
        with (folder / "activations.py").open("a", encoding="utf-8") as file:
            file.write(f"\n\ndef {name}(x):\n    return x.nothing\n")
    shown = watch().wait_for()
    assert shown.count("look at    activations.py") == 1
    assert len(re.findall(r"^x  \d\. activations\.\w+ raises \w+$", shown, re.M)) == 3
    assert re.search(r"^   and \d+ more: 'python grade\.py' shows all$", shown, re.M)


@pytest.mark.slow
def test_sentences_fit_the_terminal_also_after_it_was_resized(watch: Watch, folder: Path) -> None:
    columns = 46
    watching = watch(columns=100)
    watching.wait_for()
    edit(folder / "forward.py", *WRONG)
    watching.wait_for()
    watching.resize(columns)
    lines = without_colours(watching.wait_for()).splitlines()
    code = next(n for n, line in enumerate(lines) if line.startswith("import numpy"))
    after = next(n for n, line in enumerate(lines) if n > code and not line)
    prose = [line for line in lines[:code] + lines[after:] if "np.array" not in line]
    assert "score 72.25 of 75.25" in lines[-2]
    assert max([len(line) for line in prose]) <= columns


@pytest.mark.parametrize(
    ("words", "columns", "environment"),
    slow_after(
        1,
        [
            (["--plain"], 80, {}),
            pytest.param([], 80, {"NO_COLOR": "1"}, marks=pytest.mark.slow),
            pytest.param([], 80, {"TERM": "dumb"}, marks=pytest.mark.slow),
            ([], 0, {}),
        ],
    ),
    ids=["--plain", "NO_COLOR", "TERM=dumb", "pipe"],
)
def test_plain_mode_only_adds_lines(
    watch: Watch, folder: Path, words: list[str], columns: int, environment: dict[str, str]
) -> None:
    watching = watch(*words, columns=columns, **environment)
    first = watching.wait_for()
    assert "ok  6.25 of 6.25   separability.py" in first
    save_by_rename(folder / "forward.py", *WRONG)
    second = watching.wait_for()
    assert "x   5.75 of 7.25   forward.py" in second
    assert "separability.py" not in second  # a row that is as it was is not read out again
    assert watching.end() == 0
    assert re.fullmatch(r"[\n -~]*", watching.shown)  # no escapes, no carriage returns, no boxes


def test_several_files_saved_at_once_are_one_result(watch: Watch, folder: Path) -> None:
    watching = watch()
    watching.wait_for()
    for name in ("updates", "forward", "train", "embeddings"):
        save_by_rename(folder / f"{name}.py", "import numpy as np", "import numpy as np  # again")
    shown = watching.wait_for()
    assert "saved embeddings.py, forward.py, train.py and 1 more" in shown
    assert "No check changed." in shown


def test_what_is_no_file_of_the_homework_is_no_save(watch: Watch, folder: Path) -> None:
    watching = watch()
    watching.wait_for()
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "forward.cpython-311.pyc").write_bytes(b"noise")
    (folder / ".forward.py.swp").write_bytes(b"noise")
    (folder / "notes.txt").write_text("noise")
    (folder / "4913").touch()
    (folder / "helper.py").write_text("X = 1\n")
    assert "saved helper.py" in watching.wait_for()
    assert watching.shown.count("saved ") == 1


def test_a_half_typed_line_keeps_the_last_score(watch: Watch, folder: Path) -> None:
    watching = watch()
    watching.wait_for()
    edit(folder / "forward.py", "z = h @ U + b_U", "z = (h @ U + b_U")
    shown = watching.wait_for()
    lines = shown.splitlines()
    assert "x  forward.py can't be read, line 123: SyntaxError: '(' was never closed" in lines
    place = next(n for n, line in enumerate(lines) if "z = (h @ U" in line)
    assert lines[place].index("(") == lines[place + 1].index("^")
    assert "the last score stays, 75.25 of 75.25" in shown
    edit(folder / "forward.py", "z = (h @ U + b_U", "z = (h @ U + b_U)")
    shown = watching.wait_for()
    assert "No check changed." in shown
    assert "score 75.25 of 75.25" in shown


@pytest.mark.slow
def test_a_folder_that_goes_and_comes_back_is_waited_for(
    watch: Watch, folder: Path, tmp_path: Path
) -> None:
    watching = watch()
    watching.wait_for()
    folder.rename(tmp_path / "elsewhere")
    shown = watching.wait_for()
    assert "is gone: waiting until it is there again" in " ".join(shown.split())
    assert "the last score stays" in shown
    (tmp_path / "elsewhere").rename(folder)
    assert "score 75.25 of 75.25" in watching.wait_for()
    edit(folder / "forward.py", *WRONG)
    assert "score 72.25 of 75.25" in watching.wait_for()


@pytest.mark.slow
def test_a_file_that_is_removed_loses_its_points_until_it_is_back(
    watch: Watch, folder: Path, tmp_path: Path
) -> None:
    watching = watch()
    watching.wait_for()
    (folder / "separability.py").rename(tmp_path / "separability.py")
    shown = watching.wait_for()
    assert "removed separability.py, grading ..." in shown
    assert "separability.affine now fails" in shown
    assert "separability.py is not in the submission" in shown
    (tmp_path / "separability.py").rename(folder / "separability.py")
    assert "score 75.25 of 75.25" in watching.wait_for()


@pytest.mark.slow
@pytest.mark.parametrize("kind", [pytest.param("polling", marks=pytest.mark.slow), "silent"])
def test_it_works_where_no_events_come(
    watch: Watch, folder: Path, tmp_path: Path, kind: str
) -> None:
    environment = {"WATCHFILES_FORCE_POLLING": "1"}
    if kind == "silent":  # a network drive: nothing is ever told
        (tmp_path / "watchfiles.py").write_text(
            "import time\n\n\ndef watch(*paths, rust_timeout, **settings):\n"
            "    while True:\n        time.sleep(rust_timeout / 1000)\n        yield set()\n"
        )
        environment = {"PYTHONPATH": str(tmp_path)}
    watching = watch(**environment)
    watching.wait_for()
    edit(folder / "forward.py", *WRONG)
    assert "score 72.25 of 75.25" in watching.wait_for()


@pytest.mark.parametrize(
    "error",
    slow_after(
        1,
        [
            RuntimeError("Error creating recommended watcher: Too many open files (os error 24)"),
            OSError("OS file watch limit reached."),
            OSError(28, "No space left on device"),
        ],
    ),
    ids=["instances", "watches", "errno"],
)
def test_where_the_system_has_no_watcher_to_spare_the_files_are_looked_at(
    monkeypatch: pytest.MonkeyPatch, folder: Path, error: Exception
) -> None:
    def refuse(*_: object, **settings: object) -> Iterator[None]:
        raise error
        yield

    monkeypatch.setattr("watchfiles.watch", refuse)
    monkeypatch.setattr("autograder.commands.saves.TICK", 1)
    said: list[str] = []
    found = saves(folder, tick=lambda: None, tell=said.append)
    assert next(found).names == ()
    for _ in range(2):
        edit(folder / "forward.py", "import", "import")  # the same text, saved again
        assert next(found).names == ("forward.py",)
    assert len(said) == 1
    assert "no file watchers left" in said[0]
    assert "every half second" in said[0]


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("unshare"), reason="takes a namespace of its own")
def test_the_real_limit_of_the_system_does_not_end_it(folder: Path, root: Path) -> None:
    limit = "echo 0 > /proc/sys/user/max_inotify_instances"
    if subprocess.run(["unshare", "-Ur", "sh", "-c", limit], capture_output=True).returncode:
        pytest.skip("this system lets nobody make a namespace")
    watch = f"{sys.executable} -m autograder watch {folder} --plain"
    done = subprocess.run(
        ["unshare", "-Ur", "sh", "-c", f"{limit}; exec timeout -s INT 8 {watch}"],
        cwd=root,
        capture_output=True,
        text=True,
    )
    assert "The grader failed" not in done.stderr + done.stdout
    assert "no file watchers left" in done.stdout


def test_the_page_is_written_at_each_save_until_the_end(
    watch: Watch, folder: Path, tmp_path: Path
) -> None:
    page = tmp_path / "report.html"
    watching = watch("--plain", "--html", str(page))
    watching.wait_for()
    assert "data-watched" in page.read_text("utf-8").partition("<head>")[0]
    edit(folder / "forward.py", *WRONG)
    watching.wait_for()
    edit(folder / "separability.py", "return x @ W + b", "return x @ W + b + (")
    watching.wait_for()
    assert watching.end() == 0
    text = page.read_text("utf-8")
    assert "separability.py can&#39;t be read" in " ".join(text.split())
    assert "72.25" not in text  # which is the score that stays on the terminal alone
    assert "data-watched" not in text.partition("<head>")[0]
    assert "is left out while you work" in text


def test_a_page_that_cant_be_written_is_refused_before_anything(
    command: Callable[..., "subprocess.CompletedProcess[str]"], folder: Path, tmp_path: Path
) -> None:
    done = command("watch", folder, "--html", tmp_path / "nowhere" / "report.html")
    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no folder" in done.stderr


@pytest.mark.parametrize(
    "number",
    slow_after(
        1, [signal.SIGINT, signal.SIGTERM, pytest.param(signal.SIGHUP, marks=pytest.mark.slow)]
    ),
)
def test_it_ends_quietly_and_leaves_nothing(
    watch: Watch, folder: Path, number: signal.Signals
) -> None:
    watching = watch()
    watching.wait_for()
    assert len(list(watching.temporary.iterdir())) == 1
    assert watching.end(number) == 0
    assert watching.new.strip() == ""
    assert list(watching.temporary.iterdir()) == []
    assert watching.processes() == []


@pytest.mark.slow
def test_on_the_stubs_it_says_where_to_begin(watch: Watch, folder: Path, root: Path) -> None:
    for file in (root / "assignment").glob("*.py"):
        shutil.copy(file, folder)
    watching = watch()
    shown = " ".join(watching.wait_for().split())
    assert "Nothing is started yet. Begin with affine in separability.py" in shown
    edit(
        folder / "separability.py",
        'raise NotImplementedError("separability.affine',
        'return x @ W + b  # ("separability.affine',
    )
    shown = watching.wait_for()
    assert "separability.affine now passes: values" in shown
    assert "-  next: compose_affine in separability.py is not started" in shown
    edit(folder / "separability.py", "\n\n\ndef step", "\n    return W0\n\n\ndef step")
    shown = " ".join(watching.wait_for().split())
    assert re.search(r"- next: separability.py line \d+: compose_affine raises", shown)
    edit(folder / "separability.py", "\n    return W0\n\n\ndef step", "\n\n\ndef step")
    watching.wait_for()
    edit(
        folder / "separability.py",
        'raise NotImplementedError("separability.step',
        'return x.nothing  # ("separability.step',
    )
    assert "-  separability.step is started, and not right yet" in watching.wait_for()


def test_a_path_that_leads_nowhere_is_refused(
    command: Callable[..., "subprocess.CompletedProcess[str]"], tmp_path: Path
) -> None:
    done = command("watch", tmp_path / "nowhere")
    assert done.returncode == 2
    assert done.stdout == ""
    assert "there is no folder, zip or notebook at" in done.stderr


@pytest.mark.slow
def test_what_is_saved_while_a_loop_does_not_end_is_graded_next(watch: Watch, folder: Path) -> None:
    watching = watch()
    watching.wait_for()
    edit(folder / "separability.py", "return x @ W + b", "while True:\n        pass")
    time.sleep(1.5)
    edit(folder / "forward.py", *WRONG)
    shown = watching.wait_for()
    assert "time limit stopped after 5 s" in shown
    assert "forward.forward now fails" not in shown
    assert "forward.forward now fails" in watching.wait_for()


@pytest.mark.slow
def test_it_can_be_ended_while_it_waits_for_a_loop(watch: Watch, folder: Path) -> None:
    watching = watch()
    watching.wait_for()
    edit(folder / "separability.py", "return x @ W + b", "while True:\n        pass")
    time.sleep(1.5)
    began = time.monotonic()
    assert watching.end() == 0
    assert time.monotonic() - began < 4
    assert watching.processes() == []
    assert list(watching.temporary.iterdir()) == []


@pytest.mark.slow
def test_a_single_file_is_watched_as_well(watch: Watch, folder: Path, tmp_path: Path) -> None:
    packed = shutil.make_archive(str(tmp_path / "homework"), "zip", folder)
    place = tmp_path / "for-a-file"
    place.mkdir()
    watching = Watching(Path(packed), place)
    try:
        watching.wait_for()
        edit(folder / "forward.py", *WRONG)
        other = shutil.make_archive(str(tmp_path / "other"), "zip", folder)
        os.replace(other, packed)
        assert "score 72.25 of 75.25" in watching.wait_for()
    finally:
        watching.close()


def test_a_file_that_is_gone_while_it_is_looked_at_takes_nothing_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("forward.py", "saving_7f.py"):
        (tmp_path / name).write_text("x = 1\n", encoding="utf-8")
    stat = os.stat

    def vanished(path: object, *rest: Any, **more: Any) -> os.stat_result:
        if str(path).endswith("saving_7f.py"):
            raise FileNotFoundError(str(path))
        return stat(path, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr("autograder.commands.saves.os.stat", vanished)
    assert set(_look_into(tmp_path).files) == {"forward.py"}
