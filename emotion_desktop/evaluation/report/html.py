"""A report as one HTML file that asks nothing of the network."""

from __future__ import annotations

from html import escape
from typing import Final

from emotion_desktop.assets import REPORT_CSS
from emotion_desktop.evaluation.report.document import (
    Block,
    Bullets,
    Document,
    Facts,
    Matrix,
    Plot,
    Section,
    Table,
    Text,
)

#: Nothing may be fetched, run or sent, whatever stands in a name.
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
_HATCH: Final = (
    '<svg width="0" height="0" style="position:absolute" aria-hidden="true"><defs>'
    '<pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><line class="hatching" x1="0" y1="0" x2="0" y2="7"/>'
    "</pattern></defs></svg>"
)


def to_html(document: Document) -> str:
    """The whole file."""
    body = "".join(_section(section) for section in document.sections)
    style = REPORT_CSS.read_text(encoding="utf-8")
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="no-referrer">'
        f"<title>{escape(document.title)}</title><style>{style}</style></head><body>{_HATCH}<main>"
        f'<h1>{escape(document.title)}</h1><p class="muted">{escape(document.subtitle)}</p>'
        f"{body}<footer>{escape(document.footer)}</footer></main></body></html>\n"
    )


def _section(section: Section) -> str:
    blocks = "\n".join(_block(block) for block in section.blocks)
    return f"<section><h2>{escape(section.title)}</h2>\n{blocks}</section>\n"


def _block(block: Block) -> str:  # noqa: PLR0911 - one return per kind of block
    if isinstance(block, Text):
        kind = f' class="{block.kind}"' if block.kind else ""
        return f"<p{kind}>{escape(block.text)}</p>"
    if isinstance(block, Bullets):
        return f"<ul>{''.join(f'<li>{escape(item)}</li>' for item in block.items)}</ul>"
    if isinstance(block, Facts):
        pairs = (f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in block.pairs)
        return f"<dl>{''.join(pairs)}</dl>"
    if isinstance(block, Table):
        return _table(block)
    if isinstance(block, Matrix):
        return _matrix(block)
    if isinstance(block, Plot):
        return f"<figure><figcaption>{escape(block.title)}</figcaption>{block.svg}</figure>"
    plots = "".join(_block(plot) for plot in block.plots)
    return f'<h3>{escape(block.title)}</h3><div class="panels">{plots}</div>'


def _table(table: Table) -> str:
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in table.head)
    rows = "".join(
        f"<tr{' class=faint' if number in table.faint else ''}>"
        f"{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>"
        for number, row in enumerate(table.rows)
    )
    whole = f'<div class="scroll"><table><thead><tr>{head}</tr></thead>{rows}</table></div>'
    if table.folded:
        return f"<details><summary>{escape(table.title)}</summary>{whole}</details>"
    return (f"<h3>{escape(table.title)}</h3>" if table.title else "") + whole


def _matrix(matrix: Matrix) -> str:
    names = (*matrix.labels, "none")
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    rows = []
    for number, counts in enumerate(matrix.counts):
        total = sum(counts)
        if total:
            cells = "".join(
                _cell(count, count / total, number == column) for column, count in enumerate(counts)
            )
            rows.append(f'<tr><th scope="row">{escape(names[number])}</th>{cells}</tr>')
    return (
        f'<h3>{escape(matrix.title)}</h3><div class="scroll"><table class="matrix"><thead><tr>'
        f"<th></th>{head}</tr></thead>{''.join(rows)}</table></div>"
    )


def _cell(count: int, share: float, right: bool) -> str:
    if not count:
        return f'<td class="nothing{" right" if right else ""}">·</td>'
    kind = ' class="right"' if right else ""
    return f'<td{kind} style="--share:{share:.3f}" title="{share:.0%} of the row">{count:,}</td>'
