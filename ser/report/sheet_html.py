"""Tables as HTML; a script on the page sorts them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import zip_longest

from ser.report.markup import Markup, element
from ser.report.tables import Column, Sheet, Value

LONG = 20  # letters, from which a text may be broken anywhere
MANY = 9  # columns, from which a table is set smaller


def table(sheet: Sheet, links: Sequence[str] = ()) -> Markup:
    """Build a table in a frame that scrolls sideways where it is too wide, and its notes.

    Its title is for screen readers alone: on the page it is a heading above.

    Args:
        sheet: What to show.
        links: Where the first cell of each row leads.
    """
    head = element("tr", [_heading(column) for column in sheet.columns])
    rows = [_row(sheet, row, link) for row, link in zip_longest(sheet.rows, links)]
    whole = element(
        "table",
        element("caption", sheet.title, class_="unseen"),
        element("thead", head),
        element("tbody", rows),
        class_="sortable wide" if len(sheet.columns) > MANY else "sortable",
    )
    frame = element(
        "div", whole, class_="scroll", tabindex="0", role="region", aria_label=sheet.title
    )
    return Markup(frame + notes(sheet))


def notes(sheet: Sheet) -> Markup:
    """Sentences below a table; those that warn as a banner."""
    return Markup("".join(map(sentence, sheet.notes)))


def sentence(note: str) -> Markup:
    """Show a sentence; one that begins in capitals is a warning, its beginning in bold."""
    warning = re.match(r"[A-Z]{3,} [A-Z]+[^:]*:", note)
    if not warning:
        return element("p", note, class_="note")
    words = [element("strong", warning[0]), note[warning.end() :]]
    return element("p", words, class_="banner")


def _heading(column: Column) -> Markup:
    look = "numeric" if column.numeric else None
    test = column.heading if column.test_score else None
    return element("th", column.heading, scope="col", class_=look, data_test=test)


def _row(sheet: Sheet, row: Sequence[Value], link: str | None) -> Markup:
    first = row[0].text
    words = element("a", first, href=link) if link else first
    cells = [element("th", words, scope="row", class_=_look(sheet.columns[0], row[0]))]
    for column, value in zip(sheet.columns[1:], row[1:], strict=True):
        order = None if value.order is None else repr(value.order)
        cells.append(element("td", value.text, class_=_look(column, value), data_order=order))
    return element("tr", cells)


def _look(column: Column, value: Value) -> str | None:
    long = "long" if len(value.text) > LONG else ""
    return " ".join(filter(None, ("numeric" if column.numeric else "", long, value.mark))) or None
