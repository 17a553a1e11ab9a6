"""Imports that are right in another layout of the same files are taken as meant."""

import sys
from pathlib import Path

import pytest
from module_table import forget_modules

from autograder.worker.import_submission import SubmissionImporter
from autograder.worker.layouts import find_packages

#: A file's first lines that give it `relu`; activations.py lies beside it.
IMPORTS = [
    "from activations import relu",
    "from assignment.activations import relu",
    "from src.activations import relu as relu",
    "from homework.part1.activations import (relu)",
    "from hw1 import activations; relu = activations.relu",
    "from hw1 import other, activations as act; relu = act.relu",
    "import hw1.activations; relu = hw1.activations.relu",
    "import hw1.deep.activations as act; relu = act.relu",
    "import hw1.other, hw1.activations; relu = hw1.activations.relu",
    "from .activations import relu",
    "from . import activations; relu = activations.relu",
    "from ..hw1.activations import relu",
    "from .. import activations; relu = activations.relu",
    "from assignment.activations import *",
    "import sys; sys.path.insert(0, '..')\nfrom assignment.activations import relu",
    "try:\n    from .activations import relu\nexcept ImportError:\n    from other import relu",
    "try:\n    from hw.activations import relu\nexcept ImportError:\n    from other import relu",
    "if __package__:\n    from .activations import relu\nelse:\n    from activations import relu",
    "def relu(x):\n    from hw1.activations import relu\n    return relu(x)",
    "import importlib; relu = importlib.import_module('activations').relu\nimport hw1.activations",
    "import plotting\nfrom .activations import relu",
    "from keras import activations\nfrom activations import relu",
]


@pytest.fixture
def importer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SubmissionImporter:
    for name in [n for n in sys.modules if n in ("activations", "other", "forward")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    monkeypatch.setattr(sys, "modules", sys.modules)
    (tmp_path / "activations.py").write_text("def relu(x): return 3\n")
    (tmp_path / "other.py").write_text("")
    return SubmissionImporter(tmp_path, {}, {})


@pytest.mark.filterwarnings("ignore:__package__ != __spec__.parent")  # a worker says none
@pytest.mark.parametrize("text", IMPORTS)
def test_a_file_is_found_by_its_own_name(
    importer: SubmissionImporter, tmp_path: Path, text: str
) -> None:
    (tmp_path / "forward.py").write_text(text + "\nimport activations as plain\n")
    before = set(sys.modules)
    importer.install()
    try:
        forward = importer.load("forward")
        assert forward.relu(1) == 3
        if "def " not in text:
            assert forward.relu is forward.plain.relu  # one module, however it is imported
    finally:
        forget_modules(before)


def test_what_a_known_package_has_is_its_own() -> None:
    files = {"activations", "text", "train"}
    assert find_packages(["from keras import activations\nimport torch.train"], files) == set()
    assert find_packages(["import numpy as np\nfrom train import f"], files) == set()
    assert find_packages(["from . import text"], files) == set()


def test_a_text_that_is_made_to_be_slow_is_read_in_a_moment() -> None:
    text = "from " + "a." * 200_000 + " import " + "b, " * 200_000 + "\n"
    assert find_packages([text * 2], {"b"}) == find_packages([text], {"b"})
