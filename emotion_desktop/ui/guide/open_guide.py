"""The guide from the window: the pages of docs/, as built for a browser, or else as they are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from emotion_desktop.assets import GUIDE

if TYPE_CHECKING:  # not before somebody wants to read
    from emotion_desktop.ui.guide.viewer import GuideViewer

CONTENTS: Final = "index.md"
#: The page that helps with each tab of the window.
_PAGES: Final = {
    "Gallery": "guide/classify.md",
    "Data set": "guide/dataset.md",
    "Compare": "guide/compare.md",
    "Train": "guide/train.md",
    "Models": "guide/models.md",
}


class Guide:
    """Opens pages of the guide, by their place below docs/.

    Args:
        folder: where the pages are.
    """

    def __init__(self, folder: Path = GUIDE) -> None:
        self._folder = folder
        self._viewer: GuideViewer | None = None

    def open(self, page: str = CONTENTS) -> None:
        """Opens a page: in a browser where the guide was built since it was written last."""
        site = self.built()
        if site is None:
            self.viewer.show_page(page)
        else:
            place = site / Path(page).with_suffix(".html")
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(place)))

    def open_for(self, tab: str) -> None:
        """Opens the page that helps with a tab of the window."""
        self.open(_PAGES.get(tab, CONTENTS))

    def close(self) -> None:
        """Closes the viewer, if one is open."""
        if self._viewer is not None:
            self._viewer.close()

    @property
    def viewer(self) -> GuideViewer:
        """What shows pages as they are; made when first asked for."""
        if self._viewer is None:
            from emotion_desktop.ui.guide.viewer import GuideViewer

            self._viewer = GuideViewer(self._folder, CONTENTS)
        return self._viewer

    def built(self) -> Path | None:
        """The folder of the built guide; None if there is none, or it is older than a page."""
        site = self._folder / "site"
        try:
            made = (site / "index.html").stat().st_mtime
            pages = (p for p in self._folder.rglob("*.md") if not p.is_relative_to(site))
            return site if all(page.stat().st_mtime <= made for page in pages) else None
        except OSError:
            return None
