"""The command ``mespot``: spotting of macro- and micro-expressions in long videos.

Each subcommand is one of the tools, and is read only when it is called, so that ``mespot --help`` waits for
nothing.
"""

from __future__ import annotations

import argparse
import runpy
import sys

from mmaction_mespot.shipped_files import tools_folder
from mmaction_mespot.version import __version__

# Tool and one line for each subcommand.
COMMANDS = {
    'spot': ('spot', 'spot expressions in videos of your own'),
    'view': ('viewer', 'look at the results in the browser and correct them'),
    'sample': ('sample', 'choose what to review next; estimate precision and recall'),
    'adapt': ('adapt', 'fit thresholds and probabilities to your corrections'),
    'agreement': ('agreement', 'compare coders with each other and with the spotter'),
    'convert': ('convert_intervals', 'to and from ELAN, Praat, BORIS and BIDS'),
    'prepare': ('prepare', 'prepare a data set: labels, faces, optical flow'),
    'train': ('train', 'train a network from a config'),
    'test': ('test', 'test a checkpoint, or a spotter without weights'),
    'cross-validate': ('cross_validate', 'train and test each fold, pool the detections'),
    'fuse': ('fuse', 'join the dumps of any two methods, chosen on validation people'),
    'evaluate': ('evaluate', 'count detections against labels under any protocol'),
    'report': ('report', 'write the report of a test'),
    'synth': ('make_synthetic', 'make the synthetic data set'),
    'browse': ('browse', 'look at a prepared data set'),
    'features': ('extract_features', 'store the features of a frozen backbone'),
    'doctor': ('doctor', 'check this installation, and say how to mend it'),
}


def build_parser() -> argparse.ArgumentParser:
    """Make the parser of the command itself; what follows the subcommand is its own."""
    lines = [f'  {name:16}{summary}' for name, (_, summary) in COMMANDS.items()]
    parser = argparse.ArgumentParser(
        prog='mespot',
        usage='mespot [-h] [--version] COMMAND ...',
        description='Spot facial macro- and micro-expressions in long videos.',
        epilog='commands:\n'
        + '\n'.join(lines)
        + '\n\n`mespot COMMAND --help` lists the options of a command.',
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('--version', action='version', version=f'mespot {__version__}')
    parser.add_argument('command', choices=list(COMMANDS), metavar='COMMAND', help='one of those below')
    return parser


def main() -> int:
    """Run the tool that the command line names.

    Returns:
        int: 0; a tool that fails ends the process with its own exit code.
    """
    command = build_parser().parse_args(sys.argv[1:2]).command
    tool = tools_folder() / f'{COMMANDS[command][0]}.py'
    sys.argv = [f'mespot {command}', *sys.argv[2:]]  # a parser takes its name from here
    runpy.run_path(str(tool), run_name='__main__')
    return 0


if __name__ == '__main__':
    sys.exit(main())
