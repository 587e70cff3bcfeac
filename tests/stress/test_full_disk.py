"""Nowhere to write: one line with the path and the reason, nothing half written, and later it goes on."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from stress_world import WRITERS
from tool_runs import End, files_below, limit_files, respect_modes, run_tool

pytestmark = pytest.mark.skipif(sys.platform != 'linux', reason='limits of Linux')
# Those that may end well where some files fit; of the others the first file says it all.
QUICK = (
    *('prepare', 'evaluate', 'report', 'browse', 'export_activitynet', 'publish_model', 'agreement'),
    *('extract_features', 'bsn_proposals', 'convert_intervals import', 'convert_intervals export'),
    *('convert_intervals correct', 'adapt', 'sample', 'fuse'),
)
# Neither says where it got to in the same bytes twice: times, paths.
STAMPED = ('.log', '.json', '.pth', 'config.py', 'manifest', 'last_checkpoint', '.h5', '.eaf')


def write(tool: str, world: Path, out: Path, prepare: Callable[[], None] = lambda: None) -> End:
    out.mkdir(exist_ok=True)
    return run_tool(tool, *WRITERS[tool](world, out), prepare=prepare)


def given(tool: str, world: Path, out: Path) -> dict[str, bytes]:
    """What lies in the folder before the tool runs."""
    out.mkdir()
    WRITERS[tool](world, out)
    return files_below(out)


def check(end: End, out: Path) -> None:
    """The end of a tool that could not write."""
    lines = [line for line in end.error.splitlines() if line.strip()]
    assert end.code in (1, 2) and 'Traceback' not in end.error, end.error
    # The limit meets the system's folder of temporary files, too.
    assert lines and len([line for line in lines if line.startswith('error: ')]) == 1, end.error
    assert any(folder in lines[-1] for folder in (str(out), tempfile.gettempdir())), end.error


@pytest.mark.parametrize('tool', WRITERS)
def test_no_room(world, tmp_path, tool):
    out = tmp_path / 'out'
    before = given(tool, world, out)
    end = write(tool, world, out, limit_files(0))
    check(end, out)
    assert 'File too large' in end.error
    assert {name: data for name, data in files_below(out).items() if data} == before


@pytest.mark.parametrize('tool', QUICK)
def test_goes_on_when_there_is_room(world, tmp_path, tool):
    """Some files fit, others don't; what is there under its name is what a run with room writes."""
    out, whole = tmp_path / 'out', tmp_path / 'whole'
    first = write(tool, world, out, limit_files(3000))
    if first.code:
        check(first, out)
    assert write(tool, world, out).code == 0
    assert write(tool, world, whole).code == 0
    found, expected = files_below(out), files_below(whole)
    assert found.keys() == expected.keys()
    for name in expected.keys() & found.keys():
        if not any(part in name for part in STAMPED):
            assert found[name] == expected[name], name
    assert not list(out.rglob('.*.tmp'))


@pytest.mark.parametrize('tool', WRITERS)
def test_folder_that_is_shut(world, tmp_path, tool):
    out = tmp_path / 'out'
    out.mkdir()
    words = WRITERS[tool](world, out)
    folders, before = [out, *(path for path in out.rglob('*') if path.is_dir())], files_below(out)
    for folder in folders:
        folder.chmod(0o555)
    end = run_tool(tool, *words, prepare=respect_modes)
    for folder in folders:
        folder.chmod(0o755)
    check(end, out)
    assert 'Permission denied' in end.error and files_below(out) == before
