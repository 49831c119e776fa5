"""Behind a batch transform: choosing model and photos, agreeing to the cost, the start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from emotion_desktop.domain.sagemaker import Machines, TransformRequest

if TYPE_CHECKING:
    from emotion_desktop.ui.sagemaker.account_controller import AccountController
    from emotion_desktop.ui.sagemaker.aws_calls import AwsCalls
    from emotion_desktop.ui.sagemaker.run_registry import CloudRunRegistry
    from emotion_desktop.ui.sagemaker.transform_dialog import TransformChoice
    from emotion_desktop.ui.services import Services


class TransformController(QObject):
    """Classifies many photos there; what it starts is in the book from then on."""

    def __init__(
        self,
        services: Services,
        asking: AwsCalls,
        account: AccountController,
        book: CloudRunRegistry,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._asking = asking
        self._account = account
        self._book = book

    def choose(self, machines: Machines) -> None:
        """Opens the dialog; what is missing of the account is mended before.

        Args:
            machines: of the kind that is to do it.
        """
        from emotion_desktop.ui.sagemaker.transform_dialog import TransformDialog

        if not self._account.is_ready:
            self._account.show()
            return
        dialog = TransformDialog(self._book.trained, machines, self._services.window)
        dialog.chosen.connect(self._offer)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(object)
    def _offer(self, choice: TransformChoice) -> None:
        """Works the cost out; nothing goes before it is agreed to."""
        from emotion_desktop.jobs.sagemaker.transform.offer import transform_offer_job

        now = self._services.settings.now
        in_s3 = choice.source.startswith("s3://")
        order = TransformRequest(
            model=choice.model,
            artefact=choice.artefact,
            machines=choice.machines,
            role=now.aws_role,
            bucket=now.aws_bucket,
            source=choice.source if in_s3 else "",
            paths=() if in_s3 else (choice.source,),
            faces=now.faces,
        )
        job = transform_offer_job(self._asking.desk, order, self._asking.choice)
        self._asking.ask(job, lambda lines: self._confirm(order, lines))

    def _confirm(self, order: TransformRequest, lines: list[str]) -> None:
        account = self._account.number
        self._services.window.ask(
            "Classify these photos on SageMaker?",
            "\n\n".join([*lines, f"Account: {account}"]),
            "Send and classify",
            lambda: self._launch(order, account),
            careful=True,
        )

    def _launch(self, order: TransformRequest, account: str) -> None:
        from emotion_desktop.jobs.sagemaker.transform.job import transform_job

        asking = self._asking
        self._book.begin(lambda: transform_job(asking.desk, order, asking.choice, account))
