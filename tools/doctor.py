"""Check this installation: what is there, what is wrong, and how to mend it."""

import sys

from mmaction_mespot.apis.command_line import run_command
from mmaction_mespot.commands.doctor import main

if __name__ == '__main__':
    sys.exit(run_command(main))
