"""Test a checkpoint; every flag of MMAction2's own tool (``--help``)."""

from __future__ import annotations

import sys

from mmaction_mespot.apis.command_line import run_command
from mmaction_mespot.apis.runner_arguments import parser_for_test


def main() -> None:
    """Look at the command line before torch is imported, which takes seconds; then run."""
    parser_for_test().parse_args()
    from mmaction_mespot.apis.runs import run_testing

    run_testing()


if __name__ == '__main__':
    sys.exit(run_command(main))
