"""Train a model from a config file; every flag of MMAction2's own tool (``--help``)."""

import sys

from mmaction_mespot.apis.command_line import run_command
from mmaction_mespot.apis.runs import run_training

if __name__ == '__main__':
    sys.exit(run_command(run_training))
