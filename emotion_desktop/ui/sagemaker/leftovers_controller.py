"""Behind the cleaning up: what lies in the bucket is listed, and deleted where it is agreed to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from emotion_desktop.jobs.sagemaker.specs import clean_job, list_leftovers_job

if TYPE_CHECKING:
    from emotion_desktop.ui.sagemaker.clean_dialog import CleanDialog
    from emotion_desktop.ui.services import Services


class LeftoversController(QObject):
    """Serves the dialog, of which there is one at a time."""

    #: No bucket is chosen yet.
    account_wanted = Signal()

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._dialog: CleanDialog | None = None

    @Slot()
    def show(self) -> None:
        """Opens the dialog, and looks into the bucket."""
        from emotion_desktop.ui.sagemaker.clean_dialog import CleanDialog

        if not self._bucket:
            self.account_wanted.emit()
            return
        dialog = self._dialog = CleanDialog(self._bucket, self._services.window)
        dialog.delete_wanted.connect(self._ask_to_delete)
        dialog.finished.connect(self._closed)
        dialog.open()
        self._look()

    @property
    def _bucket(self) -> str:
        return self._services.settings.now.aws_bucket

    @Slot()
    def _closed(self) -> None:
        if self._dialog is not None:
            self._dialog.deleteLater()
            self._dialog = None

    def _look(self) -> None:
        choice = self._services.settings.now.aws_choice
        self._services.jobs.run(list_leftovers_job(choice, self._bucket), done=self._show_found)

    def _show_found(self, items: list[dict[str, Any]]) -> None:
        if self._dialog is not None:
            self._dialog.show_items(self._bucket, items)

    @Slot(list)
    def _ask_to_delete(self, titles: list[str]) -> None:
        bucket = self._bucket
        self._services.window.confirm(
            f"Delete {len(titles)} of these from {bucket}?",
            "They cannot be brought back.",
            "Delete",
            lambda: self._delete(bucket, titles),
            careful=True,
        )

    def _show_deleted(self, done: dict[str, Any]) -> None:
        if done["kept"]:
            kept = ", ".join(done["kept"])
            self._services.window.banner.show_notice(f"Left, since jobs under way need it: {kept}.")
        self._look()

    def _delete(self, bucket: str, titles: list[str]) -> None:
        spec = clean_job(self._services.settings.now.aws_choice, bucket, titles)
        self._services.jobs.run(spec, done=self._show_deleted)
