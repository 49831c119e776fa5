"""Behind a batch transform: choosing model and photos, agreeing to the cost, the start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot

from emotion_desktop.domain.s3 import is_s3_address
from emotion_desktop.jobs.sagemaker.specs import transform_offer_job
from emotion_desktop.ui.sagemaker.run_starter import RunStarter

if TYPE_CHECKING:
    from emotion_desktop.domain.sagemaker import Machines, TransformRequest
    from emotion_desktop.ui.sagemaker.transform_dialog import TransformChoice


class TransformController(RunStarter):
    """Classifies many photos there."""

    def choose(self, machines: Machines) -> None:
        """Opens the dialog; what is missing of the account is mended before.

        Args:
            machines: of the kind that is to do it.
        """
        from emotion_desktop.ui.sagemaker.transform_dialog import TransformDialog

        if not self._check_account():
            return
        dialog = TransformDialog(self._registry.trained, machines, self._services.window)
        dialog.chosen.connect(self._offer)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(object)
    def _offer(self, choice: TransformChoice) -> None:
        """Works out the cost; nothing is sent before the user agrees."""
        from emotion_desktop.domain.sagemaker import TransformRequest

        now = self._services.settings.now
        in_s3 = is_s3_address(choice.source)
        request = TransformRequest(
            model=choice.model,
            artefact=choice.artefact,
            machines=choice.machines,
            role=now.aws_role,
            bucket=now.aws_bucket,
            source=choice.source if in_s3 else "",
            paths=() if in_s3 else (choice.source,),
            faces=now.faces,
        )
        self._services.jobs.run(
            transform_offer_job(request, self._account.choice),
            done=lambda lines: self._confirm(request, lines),
            owner=self,
        )

    def _confirm(self, request: TransformRequest, lines: list[str]) -> None:
        run = self._prepare(request)
        self._services.window.confirm(
            "Classify these photos on SageMaker?",
            "\n\n".join([*lines, f"Account: {run.account}, {run.choice.region}"]),
            "Send and classify",
            lambda: self._registry.begin(run),
            careful=True,
        )
