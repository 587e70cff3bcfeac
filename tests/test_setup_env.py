"""The set-up script with a stand-in for Python that only writes down what it is asked to install."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TOOLS = Path(__file__).parents[1] / 'tools'
STAND_IN = f"""#!/bin/sh
case "$*" in
    --version) echo Python 3.11.7 ;;
    -m\\ venv*) mkdir -p "$4/bin" && cp "$0" "$4/bin/python" ;;
    -m\\ pip*) echo "$*" >>"$LOG" ;;
    *import\\ torch*) grep -q torch "$LOG" 2>/dev/null ;;
    *import\\ cv2*) test -z "$BROKEN_CV2" || grep -q force-reinstall "$LOG" ;;
    *) exec '{sys.executable}' "$@" ;;
esac
"""


@pytest.fixture
def project(tmp_path):
    root = tmp_path / 'a clone'
    (root / 'tools').mkdir(parents=True)
    shutil.copy(TOOLS / 'setup_env.sh', root / 'tools')
    (root / 'setup.py').write_text('first')
    (root / 'pyproject.toml').touch()
    python = tmp_path / 'python'
    python.write_text(STAND_IN)
    python.chmod(0o755)
    return root


def set_up(root, **environment):
    log = root / 'log'
    before = log.read_text() if log.exists() else ''
    result = subprocess.run(
        ['bash', root / 'tools' / 'setup_env.sh'],
        capture_output=True,
        text=True,
        cwd='/',
        stdin=subprocess.DEVNULL,
        env=os.environ | {'LOG': str(log), 'PYTHON': str(root.parent / 'python')} | environment,
        check=False,
    )
    installed = (log.read_text() if log.exists() else '').removeprefix(before)
    return result, installed


def test_installs_once_and_again_after_a_change(project):
    result, installed = set_up(project)
    assert result.returncode == 0, result.stderr
    assert (
        installed
        == f'-m pip install -qq torch==2.13.0\n-m pip install -qq --editable {project}[tests,docs]\n'
    )
    result, installed = set_up(project)
    assert (result.returncode, result.stdout, result.stderr, installed) == (0, '', '', '')
    (project / 'setup.py').write_text('second')
    result, installed = set_up(project)
    assert (result.returncode, installed) == (0, f'-m pip install -qq --editable {project}[tests,docs]\n')


def test_torch_of_choice(project):
    _, installed = set_up(project, MESPOT_TORCH='torch==2.12.0 --index-url https://example.org/cpu')
    assert installed.startswith('-m pip install -qq torch==2.12.0 --index-url https://example.org/cpu\n')


def test_mixed_opencv_is_mended(project):
    result, installed = set_up(project, BROKEN_CV2='1')
    assert result.returncode == 0, result.stderr
    assert '--force-reinstall --no-deps opencv-python==' in installed


def test_wrong_python(project):
    result, installed = set_up(project, PYTHON='/no/python')
    assert (result.returncode, installed) == (2, '')
    assert result.stderr == 'error: PYTHON=/no/python is not a Python 3.10, 3.11 or 3.12\n'


def test_no_suitable_python(project, tmp_path):
    tools = tmp_path / 'bin'
    tools.mkdir()
    for name in ('bash', 'dirname', 'cat', 'cksum'):
        (tools / name).symlink_to(shutil.which(name))
    old = tools / 'python3'
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.1\nexit 1\n')
    old.chmod(0o755)
    result, _ = set_up(project, PATH=str(tools), PYTHON='')
    assert result.returncode == 2
    assert result.stderr.startswith('error: needs Python 3.10, 3.11 or 3.12; python3 is Python 3.9.1')
