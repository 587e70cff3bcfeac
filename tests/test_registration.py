"""The import is light, and yet everything is registered wherever MMEngine or MMAction2 look."""

from __future__ import annotations

import subprocess
import sys

import pytest

from mmaction_mespot.shipped_files import tools_folder

HEAVY = ('torch', 'mmengine', 'mmaction', 'mmcv')
LOOK_UP = """
from mmengine.registry import HOOKS, MODELS
from mmengine.utils import import_modules_from_strings
import_modules_from_strings(['mmaction_mespot'])  # as custom_imports does
assert MODELS.get('mmaction.MESpotter')
with HOOKS.switch_scope_and_registry('mmaction') as registry:
    assert registry.get('ThresholdHook')
"""


def run(code: str) -> str:
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, timeout=1500)
    assert done.returncode == 0, done.stderr
    return done.stdout


# The commands of `mespot`, and of the tools that are none.
HELPS = """
import contextlib, io, runpy, sys
from pathlib import Path
for tool in sorted(Path(TOOLS).glob('**/*.py')):
    if tool.parent.name == 'benchmarks' or 'run_command' not in tool.read_text():
        continue
    sys.argv = [str(tool), '--help']
    with contextlib.redirect_stdout(io.StringIO()) as printed, contextlib.suppress(SystemExit):
        runpy.run_path(str(tool), run_name='__main__')
    assert 'usage:' in printed.getvalue(), tool
"""


def loaded_after(code: str) -> set[str]:
    line = run(f'{code}\nimport sys\nprint("LOADED", *sys.modules)').splitlines()[-1]
    return set(line.split()[1:])


@pytest.mark.parametrize(
    'code',
    [
        'import mmaction_mespot',
        f'TOOLS = {str(tools_folder())!r}\n{HELPS}',
    ],
)
def test_neither_the_import_nor_any_help_loads_torch(code: str) -> None:
    assert not loaded_after(code).intersection(HEAVY)


@pytest.mark.parametrize('before', ['', 'import mmaction_mespot', 'import mmaction.registry'])
def test_everything_is_registered_whoever_is_imported_first(before: str) -> None:
    run(f'{before}\n{LOOK_UP}')


def test_the_registries_of_mmaction_find_everything_by_themselves() -> None:
    run(
        'import mmaction_mespot\nfrom mmaction.registry import INFERENCERS, METRICS, TRANSFORMS\n'
        'assert METRICS.get("SpottingF1Metric") and INFERENCERS.get("SpottingInferencer")\n'
        'assert TRANSFORMS.get("LoadStreams")'
    )


def test_checkpoints_are_guarded_without_mmaction_too() -> None:
    run(
        'import mmaction_mespot\nfrom mmengine.runner.checkpoint import CheckpointLoader\n'
        'assert hasattr(CheckpointLoader.load_checkpoint.__func__, "__wrapped__")'
    )
