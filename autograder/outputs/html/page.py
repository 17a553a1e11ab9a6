"""The report as one page of HTML that needs nothing beside itself: no network, no other file.

The template, the style and the script lie beside this module and are put into the page. What a
student wrote reaches it as text: the template escapes, `autograder.outputs.html.fragments`
escapes, and
should either ever fail, the page's security policy runs no script and takes no style but those
whose digests it names, and loads nothing from anywhere.
"""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from autograder.core.records import Report
from autograder.outputs.html.security_policy import security_policy
from autograder.outputs.html.view import view_of

__all__ = ["PageRenderer"]

FOLDER = Path(__file__).parent


class PageRenderer:
    """Makes the page of each report of a run; the template is read once.

    Attributes
    ----------
    pictures : str
        HTML to show beside the checks, from the grader's own modules, with ``style`` and ``script``
        elements of its own if need be; empty for none. The policy refuses ``style`` attributes and
        handlers in attributes. It is taken as it is: whoever makes it escapes what a student wrote.
    """

    def __init__(self) -> None:
        self.pictures = ""
        environment = Environment(
            loader=FileSystemLoader(FOLDER),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        self._template = environment.get_template("page.html.j2")
        self._style = (FOLDER / "page.css").read_text(encoding="utf-8")
        self._script = (FOLDER / "page.js").read_text(encoding="utf-8")

    def __call__(self, report: Report) -> bytes:
        """Return the page of `report`, finished or not, in UTF-8."""
        own = f"<style>{self._style}</style><script>{self._script}</script>"
        page = self._template.render(
            view=view_of(report),
            pictures=Markup(self.pictures),
            style=Markup(self._style),
            script=Markup(self._script),
            policy=security_policy(own + self.pictures),
        )
        return page.encode("utf-8", "replace")
