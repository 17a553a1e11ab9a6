"""The result of a verification as one page of HTML that needs nothing beside itself."""

from pathlib import Path

from autograder.authoring.verification.rows import KINDS
from autograder.authoring.verification.table import WRONG_KINDS, Table

__all__ = ["to_html"]

TEMPLATE = Path(__file__).with_name("page.html.jinja")


def to_html(table: Table) -> str:
    """Return the page: a summary, wrong rows first, rates as bars, every row; all text escaped."""
    import jinja2

    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    right = [verdict for verdict in table.verdicts if verdict.is_right]
    page: str = template.render(
        table=table, ordered=[*table.wrong, *right], kinds=KINDS, wrong_kinds=WRONG_KINDS
    )
    return page
