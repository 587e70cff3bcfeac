"""A tool that was killed: what is there is whole, the next run goes on and leaves nothing temporary."""

from __future__ import annotations

import os
import signal
import sys

import pytest
from stress_world import WRITERS, prepare_words
from tool_runs import files_below, run_tool

pytestmark = pytest.mark.skipif(sys.platform != 'linux', reason='signals of Linux')
TOOLS = ('report', 'spot', 'prepare', 'evaluate', 'browse', 'sample', 'adapt', 'convert_intervals export')


def at_the_name(number: int) -> None:
    """In the tool: it is killed as this file is to get its name, with all of its temporary files there."""
    real, left = os.replace, [number]

    def replace(*arguments: object) -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        real(*arguments)

    os.replace = replace


@pytest.mark.parametrize('number', [1, 2])
@pytest.mark.parametrize('tool', TOOLS)
def test_next_run_leaves_nothing_temporary(world, tmp_path, tool, number):
    out = tmp_path / 'out'
    out.mkdir()
    words = WRITERS[tool](world, out)
    end = run_tool(tool, *words, prepare=lambda: at_the_name(number))
    if number == 1 or end.code:  # some write one file
        assert end.code == -signal.SIGKILL
        assert number > 1 or any('.tmp' in name for name in files_below(out))
    assert run_tool(tool, *words).code == 0
    assert not [name for name in files_below(out) if '.tmp' in name]


def test_dry_run_writes_nothing(world, tmp_path):
    words = (*prepare_words(world), '--dry-run', '--out', tmp_path / 'out')
    before = files_below(world / 'videos')
    end = run_tool('prepare', *words)
    assert end.code == 0 and end.error == ''
    assert list(tmp_path.iterdir()) == [] and files_below(world / 'videos') == before
