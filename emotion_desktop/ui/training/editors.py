"""A small editor for each kind of option, all used alike."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QHBoxLayout,
    QWidget,
)

from emotion_desktop.training.recipe.schema import Option
from emotion_desktop.ui.widgets.basics import DecimalBox, WholeBox
from emotion_desktop.ui.widgets.choice_box import ChoiceBox

#: Decimals a number may have; the smallest learning rate has six.
_DECIMALS = 6


class _QuietComboBox(ChoiceBox):
    """Scrolling past it changes nothing."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class _QuietSpinBox(WholeBox):
    """Scrolling past it changes nothing."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class _ShortDoubleSpinBox(DecimalBox):
    """Shows 0.003, not 0.003000; scrolling past it changes nothing."""

    def textFromValue(self, value: float) -> str:
        return f"{value:.{_DECIMALS}f}".rstrip("0").rstrip(".")

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class OptionEditor(QWidget):
    """Edits one option."""

    changed = Signal()

    def __init__(self, option: Option, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.option = option
        self._box: ChoiceBox | QCheckBox | WholeBox | DecimalBox
        if option.choices:
            self._box = _choices(option)
            self._box.currentIndexChanged.connect(self.changed)
        elif option.kind is bool:
            self._box = QCheckBox()
            self._box.toggled.connect(self.changed)
        else:
            self._box = _number(option)
            self._box.valueChanged.connect(self.changed)
        self._box.setAccessibleName(option.title)
        self._box.setAccessibleDescription(option.help)
        self._box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocusProxy(self._box)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._box)
        if option.kind is bool:
            layout.addStretch(1)

    @property
    def value(self) -> Any:
        """What is chosen."""
        if isinstance(self._box, ChoiceBox):
            return self._box.currentData()
        if isinstance(self._box, QCheckBox):
            return self._box.isChecked()
        return self._box.value()

    def show_value(self, value: Any) -> None:
        """Shows a value, without emitting a signal."""
        self._box.blockSignals(True)
        if isinstance(self._box, ChoiceBox):
            self._box.setCurrentIndex(self._box.findData(value))
        elif isinstance(self._box, QCheckBox):
            self._box.setChecked(value)
        else:
            self._box.setValue(value)
        self._box.blockSignals(False)


def _choices(option: Option) -> ChoiceBox:
    box = _QuietComboBox()
    for value, title in option.choices.items():
        box.addItem(title, value)
    return box


def _number(option: Option) -> WholeBox | DecimalBox:
    unit = f" {option.unit}" if option.unit else ""
    if option.kind is int:
        whole = _QuietSpinBox()
        whole.setRange(round(option.low), round(option.high))
        whole.setSuffix(unit)
        return whole
    box = _ShortDoubleSpinBox()
    box.setDecimals(_DECIMALS)
    box.setRange(option.low, option.high)
    box.setStepType(QAbstractSpinBox.StepType.AdaptiveDecimalStepType)
    box.setSuffix(unit)
    return box
