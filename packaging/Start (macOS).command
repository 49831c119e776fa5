#!/bin/sh
# Starts Emotion Desktop by a double click: finds a Python; packaging/run.py does the rest.
cd "$(dirname "$0")/.." || exit 1
PATH=$PATH:/usr/local/bin:/opt/homebrew/bin
for python in python3.13 python3.12 python3.11 python3.10 python3.14 python3; do
    if "$python" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null
    then
        exec "$python" packaging/run.py "$@"
    fi
done
echo "This program needs Python 3.10 to 3.14. Get it from https://www.python.org/downloads/"
echo "(3.13 can do everything), install it, and start this file again."
exit 1
