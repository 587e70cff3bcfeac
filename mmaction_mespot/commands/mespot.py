"""The command ``mespot``: spotting of macro- and micro-expressions in long videos.

Each subcommand is one of the tools, and is read only when it is called, so that ``mespot --help`` waits for
nothing.
"""

from __future__ import annotations

import argparse
import os
import runpy
import sys

from mmaction_mespot.environment import explain_import, print_what_can_be_printed
from mmaction_mespot.interrupts import TRACEBACK_VARIABLE
from mmaction_mespot.shipped_files import tools_folder
from mmaction_mespot.version import __version__

COMPLETION = '_ARGCOMPLETE'
"""The variable by which argcomplete's shell function asks."""
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
    'publish': ('publish_model', 'strip a checkpoint for release'),
    'doctor': ('doctor', 'check this installation and say how to fix it'),
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
    """Run the tool that the command line names, or tell a shell how the line may go on.

    Returns:
        int: 0, or 2 if something that the tool imports is missing; a tool that fails ends the process with
        its own exit code.
    """
    print_what_can_be_printed()
    if COMPLETION in os.environ:
        complete()
    command = build_parser().parse_args(sys.argv[1:2]).command
    try:
        run_tool(command, sys.argv[2:])
    except ImportError as error:
        if os.environ.get(TRACEBACK_VARIABLE) == '1' or (error.name or '').startswith('mmaction_mespot'):
            raise
        print(f'error: {explain_import(error)}', file=sys.stderr)
        return 2
    return 0


def run_tool(command: str, arguments: list[str]) -> None:
    """Run the tool of a subcommand, which ends the process if it fails."""
    tool = tools_folder() / f'{COMMANDS[command][0]}.py'
    sys.argv = [f'mespot {command}', *arguments]  # a parser takes its name from here
    runpy.run_path(str(tool), run_name='__main__')


def complete() -> None:
    """Answer argcomplete's shell function, which asks by environment variables, and end the process."""
    import argcomplete

    line = os.environ.get('COMP_LINE', '')[: int(os.environ.get('COMP_POINT', '0'))]
    words = [*line.split(), *([''] if line.endswith(' ') else [])]
    if len(words) > 2 and words[1] in COMMANDS:
        os.environ[COMPLETION] = '2'  # what argcomplete reads begins at the second word
        # The tool's own parser answers as soon as it is asked to parse.
        parse_args = 'parse_args'
        setattr(argparse.ArgumentParser, parse_args, lambda parser, *_: argcomplete.autocomplete(parser))
        run_tool(words[1], [])
    argcomplete.autocomplete(build_parser())


if __name__ == '__main__':
    sys.exit(main())
