#!/usr/bin/env bash
# The main job end to end in one command: install, make the synthetic videos, prepare, train, test, report.
# Arguments go to tools/quickstart.py (--help lists them).
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
bash "$root/tools/setup_env.sh"
exec "$root/.venv/bin/python" "$root/tools/quickstart.py" "$@" </dev/null
