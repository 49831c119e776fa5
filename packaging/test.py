"""Install what the tests need and run them all without a screen.

python3 packaging/test.py [PYTEST ARGUMENTS…]
python3 packaging/test.py --all-pythons [PYTEST ARGUMENTS…]  a short form, by each Python there is
"""

import sys

from run import unsupported_python


def main(arguments: "list[str]") -> int:
    """Set up what is missing, then run pytest.

    Returns:
        pytest's exit status, or 1 where the set-up failed.
    """
    complaint = unsupported_python()
    if complaint:
        sys.stderr.write(complaint)
        return 1

    from commands import SetupError, say

    try:
        if arguments[:1] == ["--all-pythons"]:
            from all_pythons import run_all

            return run_all(arguments[1:])
        return _run_tests(arguments)
    except SetupError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return 130


def _run_tests(arguments: "list[str]") -> int:
    import os
    import subprocess

    from environment import USUAL, Environment

    environment = Environment()
    python = str(environment.ensure(USUAL | {"test"}))
    if sys.platform == "linux":
        from system_packages import ensure_libraries, ensure_test_tools

        ensure_libraries(environment)
        ensure_test_tools(environment)
    # Tests of the real window start an X server of their own.
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    return subprocess.call([python, "-m", "pytest", *arguments], cwd=environment.root)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
