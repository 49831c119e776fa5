"""Rows of a form whose titles stand level with what they name."""

from __future__ import annotations

from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QWidget


def add_row(form: QFormLayout, title: str, field: QWidget, *beside: QWidget) -> None:
    """Adds a row. Qt's own puts a title at the top of the row: too high beside a tall field.

    Args:
        beside: what stands at the right of the field, a button for example.
    """
    label = QLabel(title)
    # The style sheet decides how high it is.
    field.ensurePolished()
    label.setMinimumHeight(field.sizeHint().height())
    label.setBuddy(field)
    if not field.accessibleName():
        field.setAccessibleName(title)
    row = QHBoxLayout()
    row.addWidget(field, 1)
    for widget in beside:
        row.addWidget(widget)
    form.addRow(label, row)
