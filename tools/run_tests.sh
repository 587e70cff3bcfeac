#!/usr/bin/env bash
# The checks of the code and the whole test suite, after the set-up. Arguments go to pytest.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
bash tools/setup_env.sh
bin=$PWD/.venv/bin
export OMP_NUM_THREADS=1
"$bin/ruff" check .
"$bin/ruff" format --check .
"$bin/mypy" mmaction_mespot
"$bin/mkdocs" build --quiet --strict --site-dir "$(mktemp -d)"
exec "$bin/python" -m pytest -n 2 "$@" </dev/null
