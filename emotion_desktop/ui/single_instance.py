"""One window per workspace: a second start hands its files to the first window, and ends.

Who is first, a lock of the operating system decides: it goes with its holder, however that ends.
The holder listens on a local socket; what a dead one left of its socket is removed by the next
holder. Where neither can be had (in a folder of somebody else's, say) each start opens a window.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from emotion_desktop.domain.errors import AppError
from emotion_desktop.workspace.files.locks import locked

_log = logging.getLogger(__name__)

#: So long a second start waits for the first window's answer before it opens one of its own, s.
_PATIENCE_S: Final = 10.0
#: Between two attempts, seconds.
_PAUSE_S: Final = 0.1
#: A message is longer than no list of paths can be.
_LONGEST: Final = 16 << 20
#: The address of a socket has room for about a hundred bytes, with the name.
_LONGEST_FOLDER: Final = 70
_TAKEN: Final = b"taken\n"
#: With it a window manager lets a window come to the front that the user did not click on.
_ACTIVATION: Final = "XDG_ACTIVATION_TOKEN"


class SingleInstance(QObject):
    """What this program is to the workspace: its first window, or a second start.

    Args:
        workspace: the folder. Two names of one folder are one workspace.
    """

    #: Paths that another start was given, perhaps none: the window is to come to the front.
    paths_received = Signal(list)

    def __init__(self, workspace: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        name = os.fsencode(workspace.expanduser().resolve())
        self._name = f"window-{hashlib.sha256(name).hexdigest()[:16]}"
        self._lock = ExitStack()
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._greet)
        self._begun: dict[QLocalSocket, bytes] = {}

    def hand_over(self, paths: Sequence[Path]) -> bool:
        """Gives paths to the first window, if there is one.

        Returns:
            Whether it has them; otherwise this program is to open its window, and is the first
            from now on where that is possible.
        """
        message = json.dumps(
            {
                "paths": [str(path.absolute()) for path in paths],
                "activation": os.environ.get(_ACTIVATION, ""),
            }
        )
        deadline = time.monotonic() + _PATIENCE_S
        try:
            folder = _own_folder()
            # The first may be starting, or ending, just now: each attempt asks both ways.
            while time.monotonic() < deadline:
                if self._lock.enter_context(locked(folder / f"{self._name}.lock")):
                    self._listen(folder)
                    return False
                if self._send(folder, message.encode() + b"\n", deadline):
                    return True
                time.sleep(_PAUSE_S)
        except (AppError, OSError) as error:
            _log.warning("whether there is another window cannot be told: %s", error)
        return False

    @Slot()
    def close(self) -> None:
        """Takes nothing any more; the next start opens a window."""
        self._server.close()
        self._lock.close()

    def _address(self, folder: Path) -> str:
        # Pipes of Windows are in no folder.
        return self._name if sys.platform == "win32" else str(folder / self._name)

    def _listen(self, folder: Path) -> None:
        address = self._address(folder)
        QLocalServer.removeServer(address)
        if not self._server.listen(address):
            _log.warning("cannot listen to further starts: %s", self._server.errorString())
            self._lock.close()  # or they would wait for an answer

    def _send(self, folder: Path, message: bytes, deadline: float) -> bool:
        """Whether the first window has taken a message."""
        socket = QLocalSocket()
        socket.connectToServer(self._address(folder))
        if not socket.waitForConnected(1000):
            return False
        socket.write(message)
        answer = b""
        while not answer.endswith(b"\n"):
            left = int(1000 * (deadline - time.monotonic()))
            if left <= 0 or not socket.waitForReadyRead(left):
                return False
            answer += socket.readAll().data()
        return answer == _TAKEN

    @Slot()
    def _greet(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            self._begun[socket] = b""
            socket.readyRead.connect(self._read)
            socket.disconnected.connect(self._forget)
            self._read_from(socket)

    @Slot()
    def _read(self) -> None:
        socket = self.sender()
        if isinstance(socket, QLocalSocket):
            self._read_from(socket)

    def _read_from(self, socket: QLocalSocket) -> None:
        if socket not in self._begun:
            return
        self._begun[socket] += socket.readAll().data()
        message = self._begun[socket]
        if len(message) > _LONGEST:
            socket.abort()
        elif message.endswith(b"\n"):
            self._begun[socket] = b""
            self._take(socket, message)

    def _take(self, socket: QLocalSocket, message: bytes) -> None:
        try:
            told = json.loads(message)
            paths = [Path(path) for path in told["paths"]]
            activation = str(told["activation"])
        except (ValueError, TypeError, KeyError):
            socket.abort()
            return
        socket.write(_TAKEN)
        socket.flush()
        if activation:
            os.environ[_ACTIVATION] = activation
        self.paths_received.emit(paths)

    @Slot()
    def _forget(self) -> None:
        socket = self.sender()
        if isinstance(socket, QLocalSocket) and self._begun.pop(socket, None) is not None:
            socket.deleteLater()


def _own_folder() -> Path:
    """A folder that is this user's alone, made if need be.

    Raises:
        OSError: there is none.
    """
    import platformdirs

    from emotion_desktop.workspace.paths import APP

    folder = Path(platformdirs.user_runtime_dir(APP, appauthor=False))
    if sys.platform != "win32" and len(os.fsencode(folder)) > _LONGEST_FOLDER:
        folder = Path("/tmp") / f"emotion-desktop-{os.getuid()}"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if sys.platform != "win32":
        found = folder.lstat()
        # In a folder that others may write to, somebody else could listen.
        if found.st_uid != os.getuid() or found.st_mode & 0o022:
            raise PermissionError(f"{folder} is not this user's alone")
    return folder
