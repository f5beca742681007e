"""A table beside a drawing: every value is escaped as text, rows have headings of their own."""

from collections.abc import Sequence

from markupsafe import Markup

from pp_spin.report.wording import plain


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """An HTML table whose first column names its rows; numbers are right-aligned by the page."""
    head = _joined('<th scope="col">{}</th>', headings)
    lines = [
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(plain(row[0]), _joined(_CELL, row[1:]))
        for row in rows
    ]
    body = Markup("\n").join(lines)
    return str(
        Markup(
            '<table class="numbers"><thead><tr>{}</tr></thead>\n<tbody>{}</tbody></table>'
        ).format(head, body)
    )


_CELL = "<td>{}</td>"


def _joined(markup: str, values: Sequence[str]) -> Markup:
    return Markup("").join(Markup(markup).format(plain(value)) for value in values)
