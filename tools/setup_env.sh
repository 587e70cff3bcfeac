#!/usr/bin/env bash
# Makes .venv by tools/setup_env.py (what it does and which variables it reads is said there; on Windows run that).
# A script and its arguments behind it are run afterwards in .venv.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
for python in ${PYTHON:+"$PYTHON"} python3 python3.13 python3.12 python3.11 python3.14 python3.10 python; do
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 7))' >/dev/null 2>&1 </dev/null; then
        exec "$python" "$root/tools/setup_env.py" "$@"
    fi
done
echo "error: ${PYTHON:+PYTHON=$PYTHON is no Python, and }there is no python3 on the path" >&2
exit 2
