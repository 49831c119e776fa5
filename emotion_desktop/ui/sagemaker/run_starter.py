"""What starting any run at SageMaker has in common: the account, and where it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from emotion_desktop.domain.sagemaker import (
        CloudRun,
        SageMakerTrainingRequest,
        TransformRequest,
    )
    from emotion_desktop.ui.sagemaker.account_controller import AccountController
    from emotion_desktop.ui.sagemaker.run_registry import CloudRunRegistry
    from emotion_desktop.ui.services import Services


class RunStarter(QObject):
    """Has the cost of a run agreed to, and starts it; the registry shows it from then on."""

    def __init__(
        self,
        services: Services,
        account: AccountController,
        registry: CloudRunRegistry,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._account = account
        self._registry = registry

    def _check_account(self) -> bool:
        """Whether a run could be started; where something is missing, the account is shown."""
        if not self._account.is_ready:
            self._account.show()
        return self._account.is_ready

    def _prepare(self, request: SageMakerTrainingRequest | TransformRequest) -> CloudRun:
        """The run to be agreed to, in the account and region as they are shown now."""
        from emotion_desktop.domain.sagemaker import CloudRun

        return CloudRun.new(request, self._account.choice, self._account.number)
