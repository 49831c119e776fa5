"""A report as Markdown: the same figures without the pictures."""

from __future__ import annotations

from collections.abc import Sequence

from emotion_desktop.domain.text import escape_markdown
from emotion_desktop.evaluation.report.document import (
    Block,
    Bullets,
    Document,
    Facts,
    Matrix,
    Panels,
    Plot,
    Table,
    Text,
)


def to_markdown(document: Document) -> str:
    """The whole file."""
    lines = [f"# {escape_markdown(document.title)}", "", escape_markdown(document.subtitle), ""]
    for section in document.sections:
        lines += [f"## {escape_markdown(section.title)}", ""]
        for block in section.blocks:
            lines += _block(block)
    lines.append(escape_markdown(document.footer))
    return "\n".join(lines) + "\n"


def _block(block: Block) -> list[str]:
    if isinstance(block, Text):
        text = escape_markdown(block.text)
        return [f"**{text}**" if block.kind == "lead" else text, ""]
    if isinstance(block, Bullets):
        return [*(f"- {escape_markdown(item)}" for item in block.items), ""]
    if isinstance(block, Facts):
        return [
            *(
                f"- **{escape_markdown(name)}**: {escape_markdown(text)}"
                for name, text in block.pairs
            ),
            "",
        ]
    if isinstance(block, Table):
        return _table(block.title, block.head, block.rows)
    if isinstance(block, Matrix):
        names = (*block.labels, "none")
        rows = [
            (names[number], *(f"{count:,}" for count in counts))
            for number, counts in enumerate(block.counts)
            if sum(counts)
        ]
        return _table(block.title, ("", *names), rows)
    assert isinstance(block, Plot | Panels)
    return []  # the figures stand in a table as well


def _table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = [f"### {escape_markdown(title)}", ""] if title else []
    lines.append(_row(head))
    lines.append("|---|" + "---:|" * (len(head) - 1))
    return [*lines, *(_row(row) for row in rows), ""]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(escape_markdown(cell) for cell in cells)} |"
