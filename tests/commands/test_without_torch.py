"""A video of one's own needs neither torch nor MMAction2, nor does the viewer."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import cv2
import matplotlib
import pytest
from video_files import write_video

CODE = """
import runpy, sys
from mmaction_mespot.shipped_files import tools_folder
def run(tool, *words):
    sys.argv = [tool, *words]
    try:
        runpy.run_path(str(tools_folder() / f'{tool}.py'), run_name='__main__')
    except SystemExit as end:
        assert not end.code, (tool, end.code)
video, out = sys.argv[1:]
for model in ('flow', 'movement'):
    run('spot', video, '--model', model, '--out', f'{out}/{model}', '--overlay', '--format', 'megc')
    run('convert_intervals', 'export', f'{out}/{model}', '--format', 'elan')
import mmaction_mespot.viewer.viewer_server, mmaction_mespot.viewer.uploads
print('LOADED', *(name for name in ('torch', 'mmengine', 'mmaction', 'mmcv') if name in sys.modules))
"""


@pytest.fixture
def video(tmp_path: Path) -> Path:
    path = Path(matplotlib.__file__).parent / 'mpl-data' / 'sample_data' / 'grace_hopper.jpg'
    face = cv2.cvtColor(cv2.resize(cv2.imread(str(path)), (128, 152)), cv2.COLOR_BGR2RGB)
    return write_video(tmp_path / 'face.mp4', [face] * 30)


def test_a_video_is_spotted_without_torch(video: Path, tmp_path: Path) -> None:
    command = [sys.executable, '-c', CODE, str(video), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].strip() == 'LOADED'
    for model in ('flow', 'movement'):
        result = json.loads((tmp_path / model / 'face' / 'intervals.json').read_text(encoding='utf-8'))
        assert result['video']['total_frames'] == 30
        assert result['model']['name'] == model
