"""The set-up with a stand-in for Python that only writes down what it is asked to install."""

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
    -m\\ venv*) mkdir -p "$4/bin" "$4/site" && cp "$0" "$4/bin/python" ;;
    -m\\ pip*) shift 2; echo "$*" >>"$LOG" ;;
    *import\\ torch*) grep -q ' torch==' "$LOG" 2>/dev/null ;;
    *import\\ cv2*) test -z "$NO_DESKTOP" || {{ echo "ImportError: libGL.so.1: not there" >&2; exit 1; }} ;;
    *sysconfig*) echo "${{0%/bin/python}}/site" ;;
    *installation.py) test -z "$MIXED" || grep -q force-reinstall "$LOG" ;;
    *importlib.metadata*) echo 1.2.3 ;;
    say.py*) echo "said $2" ;;
    *) exec '{sys.executable}' "$@" ;;
esac
"""


@pytest.fixture
def project(tmp_path):
    root = tmp_path / 'a clone'
    (root / 'tools').mkdir(parents=True)
    for name in ('setup_env.sh', 'setup_env.py'):
        shutil.copy(TOOLS / name, root / 'tools')
    (root / 'setup.py').write_text('first')
    (root / 'pyproject.toml').touch()
    (root / 'requirements-lock.txt').touch()
    python = tmp_path / 'python'
    python.write_text(STAND_IN)
    python.chmod(0o755)
    return root


def set_up(root, *arguments, **environment):
    log = root / 'log'
    before = log.read_text() if log.exists() else ''
    result = subprocess.run(
        ['bash', root / 'tools' / 'setup_env.sh', *arguments],
        capture_output=True,
        text=True,
        cwd='/',
        stdin=subprocess.DEVNULL,
        env=os.environ | {'LOG': str(log), 'PYTHON': str(root.parent / 'python')} | environment,
        check=False,
    )
    installed = (log.read_text() if log.exists() else '').removeprefix(before)
    return result, installed.replace(' -qq --disable-pip-version-check', '').splitlines()


def test_installs_once_and_again_after_a_change(project):
    from_lock, ourselves = (
        f'install -r {project}/requirements-lock.txt',
        f'install --no-deps --editable {project}',
    )
    result, installed = set_up(project)
    assert result.returncode == 0, result.stderr
    assert installed == [from_lock, 'install torch==2.13.0', ourselves]
    path_file = project / '.venv' / 'site' / 'mmaction_mespot_third_party.pth'
    assert path_file.read_text() == f'{project}/mmaction_mespot/third_party\n'
    result, installed = set_up(project)
    assert (result.returncode, result.stdout, result.stderr, installed) == (0, '', '', [])
    for changed in ('setup.py', 'requirements-lock.txt'):
        (project / changed).write_text('second')
        result, installed = set_up(project)
        assert (result.returncode, installed) == (0, [from_lock, ourselves])


def test_a_script_is_run_in_the_environment(project):
    result, _ = set_up(project, 'say.py', 'a word')
    assert (result.returncode, result.stdout.splitlines()[-1]) == (0, 'said a word')


def test_torch_of_choice(project):
    _, installed = set_up(project, MESPOT_TORCH='torch==2.12.0 --index-url https://example.org/cpu')
    assert installed[1] == 'install torch==2.12.0 --index-url https://example.org/cpu'


def test_a_mixture_of_an_older_set_up_is_mended(project):
    result, installed = set_up(project, MIXED='1')
    assert result.returncode == 0, result.stderr
    assert installed[3:] == [
        'uninstall -y opencv-contrib-python decord mmaction2',
        'install --force-reinstall --no-deps opencv-python==1.2.3 decord2==1.2.3',
    ]


def test_a_library_of_the_system_that_opencv_lacks_is_named(project):
    result, _ = set_up(project, NO_DESKTOP='1')
    assert result.returncode == 2
    assert result.stderr == (
        'error: ImportError: libGL.so.1: not there (on Debian and Ubuntu: apt install libgl1 libglib2.0-0)\n'
    )


def test_wrong_python(project):
    result, installed = set_up(project, PYTHON='/no/python')
    assert (result.returncode, installed) == (2, [])
    assert result.stderr == 'error: PYTHON=/no/python is not a Python 3.10 to 3.14\n'


def test_no_suitable_python(project, tmp_path):
    tools = tmp_path / 'bin'
    tools.mkdir()
    for name in ('bash', 'dirname'):
        (tools / name).symlink_to(shutil.which(name))
    result, _ = set_up(project, PATH=str(tools), PYTHON='')
    assert (result.returncode, result.stderr) == (2, 'error: there is no python3 on the path\n')


def test_an_older_python_is_told_what_is_needed(project, tmp_path):
    code = (
        'import sys; sys.path.insert(0, sys.argv[1]); import setup_env; setup_env.OLDEST = (4, 0);'
        'setup_env.NEWEST = (4, 1); sys.exit(setup_env.main([]))'
    )
    command = [sys.executable, '-c', code, str(project / 'tools')]
    result = subprocess.run(command, capture_output=True, text=True, env={'PATH': ''}, check=False)
    assert result.returncode == 2
    assert result.stderr.startswith('error: needs Python 4.0 to 4.1; this is 3.')
