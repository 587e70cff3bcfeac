#!/usr/bin/env bash
# The main job end to end in one command: install, make the synthetic videos, prepare, train, test, report.
# Arguments go to tools/quickstart.py (--help lists them).
exec bash "$(dirname "${BASH_SOURCE[0]}")/setup_env.sh" "$(dirname "${BASH_SOURCE[0]}")/quickstart.py" "$@"
