"""Compile the rubric's pictures, each as it says itself, with the reference's results."""

from collections.abc import Iterable
from typing import Any

from autograder.authoring.compiler.reference import Arguments, Reference, structure_of
from autograder.authoring.compiler.rubric_errors import as_sentence, did_you_mean
from autograder.authoring.language.pictures import Picture
from autograder.authoring.language.questions import Question
from autograder.core.codec import PLAIN, encode

__all__ = ["compile_pictures"]


def compile_pictures(
    pictures: Iterable[Picture], questions: Iterable[Question], reference: Reference
) -> tuple[dict[str, Any], ...]:
    """Return the entries of the key, in the rubric's order.

    Raises
    ------
    RubricError
        If a picture can't be shown.
    """
    asked = {question.full_name: question for question in questions}
    return tuple([_compile_one(p, _OneReference(asked, reference, p)) for p in pictures])


def _compile_one(picture: Picture, reference: "_OneReference") -> dict[str, Any]:
    with as_sentence(f"the picture {picture.title} raised", where=picture.where):
        own = vars(picture.compile(reference))
    return {"kind": picture.kind, "title": picture.title, "name": picture.name} | own


class _OneReference:
    """See `autograder.authoring.language.pictures.PictureReference`."""

    def __init__(
        self, questions: dict[str, Question], reference: Reference, picture: Picture
    ) -> None:
        self._questions = questions
        self._reference = reference
        self._picture = picture

    def results(self, name: str, calls: Iterable[Arguments]) -> list[Any]:
        question = self._question(name)
        return [self._reference.own_outcome(question, arguments) for arguments in calls]

    def request(self, name: str, calls: Iterable[Arguments]) -> bytes:
        with_layout = tuple([(PLAIN, arguments) for arguments in calls])
        return encode({"call": name, "returns": self.structure(name), "calls": with_layout})

    def structure(self, name: str) -> Any:
        return structure_of(self._question(name).returns)

    def _question(self, name: str) -> Question:
        if name not in self._questions:
            near = did_you_mean(name, self._questions)
            self._picture.refuse(f"there is no question about {name}{near}")
        return self._questions[name]
