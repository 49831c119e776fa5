"""A place for a page that is made when it is first shown or asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

Page = TypeVar("Page", bound=QWidget)


class LazyPage(QWidget, Generic[Page]):
    """Empty until then: starting does not wait for pages that are not shown.

    Args:
        make: makes the page.
        prepare: loads what making it takes long to load, and calls back; before the page is shown
            that is waited for, and the window reacts meanwhile.
    """

    def __init__(
        self,
        make: Callable[[], Page],
        prepare: Callable[[Callable[[], object]], object] | None = None,
    ) -> None:
        super().__init__()
        self._make = make
        self._prepare = prepare
        self._page: Page | None = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)

    @property
    def is_made(self) -> bool:
        """Whether the page is there already."""
        return self._page is not None

    @property
    def page(self) -> Page:
        """The page; made now where it is not there yet."""
        if self._page is None:
            self._page = self._make()
            self._layout.addWidget(self._page)
        return self._page

    def showEvent(self, event: QShowEvent) -> None:
        """Makes the page, as soon as that is quick."""
        if self._prepare is not None and not self.is_made:
            self._prepare(lambda: self.page)
        else:
            _ = self.page
        super().showEvent(event)
