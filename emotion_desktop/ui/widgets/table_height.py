"""Tables that are as high as their rows."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QTableWidget

#: The border and its padding above and below (see ui.theme), pixels.
_FRAME: Final = 6


def fit_height(table: QTableWidget, spare: int = 0) -> None:
    """As high as its rows: no empty space, no scroll bar of its own.

    Args:
        spare: for what stands in its cells and needs more, pixels.
    """
    rows = sum(table.rowHeight(row) for row in range(table.rowCount()))
    head = table.horizontalHeader().sizeHint().height()
    table.setFixedHeight(head + rows + _FRAME + spare)
