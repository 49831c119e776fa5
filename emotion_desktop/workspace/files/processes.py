"""Which processes of this machine are alive."""

from __future__ import annotations

import os
import sys
from typing import Final

#: How far a worker steps back behind the window, on the scale of nice.
_BEHIND: Final = 5

if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    _BELOW_NORMAL: Final = 0x4000

    _QUERY_LIMITED_INFORMATION = 0x1000
    _STILL_ACTIVE = 259
    _ACCESS_DENIED = 5

    def is_alive(process: int) -> bool:
        """Whether a process with this id is running, whoever it belongs to."""
        # os.kill(process, 0), the way elsewhere, would end the process here.
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.OpenProcess.restype = wintypes.HANDLE
        kernel.OpenProcess.argtypes = [wintypes.DWORD, wintypes.BOOL, wintypes.DWORD]
        kernel.GetExitCodeProcess.argtypes = [wintypes.HANDLE, ctypes.POINTER(wintypes.DWORD)]
        kernel.CloseHandle.argtypes = [wintypes.HANDLE]
        handle = kernel.OpenProcess(_QUERY_LIMITED_INFORMATION, False, process)
        if not handle:
            return ctypes.get_last_error() == _ACCESS_DENIED
        try:
            status = wintypes.DWORD()
            known = kernel.GetExitCodeProcess(handle, ctypes.byref(status))
            return not known or status.value == _STILL_ACTIVE
        finally:
            kernel.CloseHandle(handle)

    def step_back() -> None:
        """Lets other programs, the window first of all, go before this process."""
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.GetCurrentProcess.restype = wintypes.HANDLE
        kernel.SetPriorityClass.argtypes = [wintypes.HANDLE, wintypes.DWORD]
        kernel.SetPriorityClass(kernel.GetCurrentProcess(), _BELOW_NORMAL)

else:

    def step_back() -> None:
        """Lets other programs, the window first of all, go before this process."""
        os.nice(_BEHIND)

    def is_alive(process: int) -> bool:
        """Whether a process with this id is running, whoever it belongs to."""
        if process <= 0:  # to kill(), these mean groups of processes
            return False
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return False
        except PermissionError:  # it is there, and another user's
            return True
        return True
