#!/usr/bin/env bash
# The checks of the code and the whole test suite, after the set-up. Arguments go to pytest.
exec bash "$(dirname "${BASH_SOURCE[0]}")/setup_env.sh" "$(dirname "${BASH_SOURCE[0]}")/run_tests.py" "$@"
