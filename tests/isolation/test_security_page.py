"""Each protection that the page on security claims is proven by tests that there are."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")

#: The sections whose every point claims a protection.
CLAIMING = ("The boundary", "The layers around a worker", "What students submit", "What comes out")


def sections() -> dict[str, str]:
    """Return the text of each section by its title."""
    parts = re.split(r"^## (.*)$", PAGE, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def points(text: str) -> list[str]:
    """Return the points of a section's lists, each as one line."""
    return [re.sub(r"\s+", " ", point) for point in re.findall(r"^- (.*(?:\n  .*)*)", text, re.M)]


@pytest.mark.parametrize("title", CLAIMING)
def test_every_point_that_claims_a_protection_names_its_proof(title: str) -> None:
    claims = points(sections()[title])
    assert claims
    assert [claim for claim in claims if not re.search(r"Proof: .*`(test_|attacks/)", claim)] == []


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`attacks/(\w+)`", PAGE))))
def test_every_attack_that_is_named_is_there(name: str) -> None:
    assert (ROOT / "tests" / "attacks" / name).is_dir()


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`(test_\w+\.py(?:::\w+)?)`", PAGE))))
def test_every_test_that_is_named_is_there(name: str) -> None:
    file, _, function = name.partition("::")
    (path,) = (ROOT / "tests").rglob(file)
    assert not function or f"def {function}(" in path.read_text(encoding="utf-8")


def test_every_layer_is_on_the_page() -> None:
    from autograder.isolation.layers import layer_names

    assert re.findall(r"^- \*\*(\w+)\*\*", sections()["The layers around a worker"], re.M) == [
        *layer_names()
    ]
