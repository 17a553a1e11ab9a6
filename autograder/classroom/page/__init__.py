"""The pages by which staff understand a class: overview, clusters, similarity, students."""

from autograder.classroom.page.write import write_pages

__all__ = ["write_pages"]
