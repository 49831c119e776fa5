"""A report as Markdown: the same figures without the pictures."""

from __future__ import annotations

from collections.abc import Sequence

from emotion_desktop.domain.markdown import plain
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
    lines = [f"# {plain(document.title)}", "", plain(document.subtitle), ""]
    for section in document.sections:
        lines += [f"## {plain(section.title)}", ""]
        for block in section.blocks:
            lines += _block(block)
    lines.append(plain(document.footer))
    return "\n".join(lines) + "\n"


def _block(block: Block) -> list[str]:
    if isinstance(block, Text):
        text = plain(block.text)
        return [f"**{text}**" if block.kind == "lead" else text, ""]
    if isinstance(block, Bullets):
        return [*(f"- {plain(item)}" for item in block.items), ""]
    if isinstance(block, Facts):
        return [*(f"- **{plain(name)}**: {plain(text)}" for name, text in block.pairs), ""]
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
    lines = [f"### {plain(title)}", ""] if title else []
    lines.append(_row(head))
    lines.append("|---|" + "---:|" * (len(head) - 1))
    return [*lines, *(_row(row) for row in rows), ""]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(plain(cell) for cell in cells)} |"
