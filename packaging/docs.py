"""Build the guide as web pages in docs/site, which can be read from disk, without a server.

python3 packaging/docs.py

The pages that come from the program (reference, table of jobs) are written anew first. A link that
leads nowhere, or a page that is in no menu, is an error.
"""

import sys

from run import unsupported_python


def main() -> int:
    """Set up what is missing, then build.

    Returns:
        The exit status of the step that failed, or 0.
    """
    complaint = unsupported_python()
    if complaint:
        sys.stderr.write(complaint)
        return 1

    from commands import SetupError, say

    try:
        return _build()
    except SetupError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return 130


def _build() -> int:
    import os
    import shutil
    import subprocess

    from commands import say
    from environment import Environment

    environment = Environment()
    python = str(environment.ensure(frozenset({"docs"})))
    root = environment.root
    # Built beside the pages, which the site lies among, and put in place when it is whole.
    made, site = root / "build" / "site", root / "docs" / "site"
    variables = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    for command in (
        ["packaging/reference_pages.py"],
        ["packaging/make_jobs_page.py"],
        ["-m", "mkdocs", "build", "--strict", "--quiet", "--clean", "--site-dir", str(made)],
    ):
        status = subprocess.call([python, *command], cwd=root, env=variables)
        if status != 0:
            return status
    shutil.rmtree(site, ignore_errors=True)
    made.rename(site)
    say(f"The guide is in {site / 'index.html'}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
