"""Start Emotion Desktop from a checkout, making its environment first where there is none.

python3 packaging/run.py [FILES…]        opens the window
python3 packaging/run.py VERB [OPTIONS]  runs a verb, `classify` say
"""

import sys


def unsupported_python() -> str:
    """What to tell a person whose Python is too old or too new; empty where it fits."""
    # Called first of all, and written so that any Python 3 can read it.
    if (3, 10) <= sys.version_info[:2] <= (3, 14):
        return ""
    return (
        "This program needs Python 3.10 to 3.14, and was started by {}.{}.\n"
        "Install one of them and start it by name, for example: python3.13 {}\n"
    ).format(*sys.version_info[:2], sys.argv[0])


def main(arguments: "list[str]") -> int:
    """Set up what is missing, then become the program.

    Returns:
        The program's exit status where it cannot take this process's place (Windows), else 1.
    """
    complaint = unsupported_python()
    if complaint:
        sys.stderr.write(complaint)
        return 1

    from commands import SetupError, say

    try:
        return _start(arguments)
    except SetupError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("Stopped before all was set up: the next start repairs it.")
        return 130


def _start(arguments: "list[str]") -> int:
    import os

    from environment import USUAL, Environment

    environment = Environment()
    python = str(environment.ensure(USUAL))
    if sys.platform == "linux" and opens_window(arguments):
        from system_packages import ensure_libraries, require_window_libraries

        require_window_libraries(ensure_libraries(environment))
    # The folder we are called from holds photos, not modules (read by Python 3.11 and newer).
    os.environ["PYTHONSAFEPATH"] = "1"
    command = [python, "-m", "emotion_desktop", *arguments]
    if os.name != "nt":  # execv there returns to the shell before the program has ended
        os.execv(python, command)
    import subprocess

    return subprocess.call(command)


def opens_window(arguments: "list[str]") -> bool:
    """Whether these arguments open the window: there are none, or the first one is a file."""
    from pathlib import Path

    return not arguments or (not arguments[0].startswith("-") and Path(arguments[0]).exists())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
