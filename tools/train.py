"""Train a model from a config file; every flag of MMAction2's own tool (``--help``)."""

from __future__ import annotations

import sys

from mmaction_mespot.apis.command_line import run_command
from mmaction_mespot.apis.runner_arguments import parser_for_train


def main() -> None:
    """Look at the command line before torch is imported, which takes seconds; then run."""
    parser_for_train().parse_args()
    from mmaction_mespot.apis.runs import run_training

    run_training()


if __name__ == '__main__':
    sys.exit(run_command(main))
