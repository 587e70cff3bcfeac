from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[1] / 'tools' / 'debian_python.py'


@pytest.fixture
def tool():
    spec = importlib.util.spec_from_file_location('debian_python', TOOL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_is_missing_is_said_and_has_its_own_exit_code(
    tool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path))
    monkeypatch.setattr(sys, 'argv', ['debian_python.py', 'trixie', '-c', 'print(1)'])
    monkeypatch.setattr(os, 'geteuid', lambda: 1000)
    assert tool.main() == 77
    assert capsys.readouterr().err == 'Debian trixie cannot be had here: only root can enter it\n'
    monkeypatch.setattr(os, 'geteuid', lambda: 0)
    (tmp_path / 'unshare').write_text('#!/bin/sh\nexit 1\n')
    (tmp_path / 'unshare').chmod(0o755)
    monkeypatch.setenv('PATH', str(tmp_path))
    assert tool.main() == 77
    assert 'nothing can be mounted' in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ['unshare']
