"""Nowhere to write: one line with the path and the reason, nothing half written, and later it goes on."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from stress_world import prepare_words
from tool_runs import End, files_below, limit_files, respect_modes, run_tool

pytestmark = pytest.mark.skipif(sys.platform != 'linux', reason='limits of Linux')
EXAMPLE = Path(__file__).parents[2] / 'docs' / 'examples' / 'protocols'

# Tool, command line in the world, and what it writes to below the folder ``out``.
WRITERS = {
    'prepare': lambda w, out: (*prepare_words(w), '--out', out),
    'make_synthetic': lambda w, out: ('--size', 'tiny', '--jobs', 1, '--out', out),
    'spot': lambda w, out: (w / 'videos' / 'a', '--fps', 30, '--model', 'flow', '--quiet', '--out', out),
    'evaluate': lambda w, out: (w / 'dump.json', '--out', out / 'f1.csv'),
    'report': lambda w, out: ('--dump', w / 'dump.json', '--out', out),
    'browse': lambda w, out: (w / 'prepared', '--statistics-only', '--out', out),
    'export_activitynet': lambda w, out: (w / 'prepared', '--target-fps', 30, '--out', out),
    'publish_model': lambda w, out: (w / 'final.pth', '--name', 'net', '--out', out),
    'agreement': lambda w, out: (w / 'results', 'spotter', 'spotter', '--out', out / 'agreement.csv'),
    'train': lambda w, out: (w / 'line.py', '--work-dir', out),
    'test': lambda w, out: (w / 'line.py', w / 'final.pth', '--work-dir', out, '--dump', out / 'raw.pkl'),
}
QUICK = ('prepare', 'evaluate', 'report', 'browse', 'export_activitynet', 'publish_model')


def write(tool: str, world: Path, out: Path, prepare: Callable[[], None] = lambda: None) -> End:
    out.mkdir(exist_ok=True)
    return run_tool(tool, *WRITERS[tool](world, out), prepare=prepare)


def check(end: End, out: Path) -> None:
    """The end of a tool that could not write."""
    lines = [line for line in end.error.splitlines() if line.strip()]
    assert end.code in (1, 2) and 'Traceback' not in end.error, end.error
    # The limit meets the system's folder of temporary files, too.
    assert lines and len([line for line in lines if line.startswith('error: ')]) == 1, end.error
    assert any(folder in lines[-1] for folder in (str(out), tempfile.gettempdir())), end.error


@pytest.mark.parametrize('tool', WRITERS)
def test_no_room(world, tmp_path, tool):
    end = write(tool, world, tmp_path / 'out', limit_files(0))
    check(end, tmp_path / 'out')
    assert 'File too large' in end.error
    written = {name: data for name, data in files_below(tmp_path / 'out').items() if data}
    assert written == {}


@pytest.mark.parametrize('tool', QUICK)
def test_goes_on_when_there_is_room(world, tmp_path, tool):
    """Some files fit, others don't; what is there under its name is what a run with room writes."""
    out, whole = tmp_path / 'out', tmp_path / 'whole'
    first = write(tool, world, out, limit_files(3000))
    if first.code:
        check(first, out)
    assert write(tool, world, out).code == 0
    assert write(tool, world, whole).code == 0
    stamped = ('.log', '.json', '.pth', 'config.py', 'manifest', 'last_checkpoint')  # hold times or paths
    found, expected = files_below(out), files_below(whole)
    assert found.keys() == expected.keys()
    for name in expected.keys() & found.keys():
        if not any(part in name for part in stamped):
            assert found[name] == expected[name], name
    assert not list(out.rglob('.*.tmp'))


@pytest.mark.parametrize('tool', WRITERS)
def test_folder_that_is_shut(world, tmp_path, tool):
    out = tmp_path / 'out'
    out.mkdir()
    out.chmod(0o555)
    end = run_tool(tool, *WRITERS[tool](world, out), prepare=respect_modes)
    out.chmod(0o755)
    check(end, out)
    assert 'Permission denied' in end.error and files_below(out) == {}
