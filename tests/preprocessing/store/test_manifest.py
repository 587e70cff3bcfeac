from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mmaction_mespot.preprocessing.store import manifest as module
from mmaction_mespot.preprocessing.store.manifest import Manifest, file_record


def test_a_video_is_done_while_parameters_and_files_stay(tmp_path: Path) -> None:
    (tmp_path / 'a.h5').write_bytes(b'abc')
    manifest = Manifest(tmp_path)
    assert not manifest.is_done('v', {'gap': 4})
    record = {'parameters': {'gap': 4}, 'files': {'a.h5': file_record(tmp_path / 'a.h5')}, 'notes': []}
    assert record['files']['a.h5']['sha256'].startswith('ba7816bf')  # of "abc", FIPS 180-2
    manifest.record('v', record)
    again = Manifest(tmp_path)
    assert again.is_done('v', {'gap': 4})
    assert not again.is_done('v', {'gap': 5})
    (tmp_path / 'a.h5').write_bytes(b'ab')
    assert not again.is_done('v', {'gap': 4})
    again.record_failure('v', 'bad')
    assert not (tmp_path / 'a.h5').exists()
    assert Manifest(tmp_path).failed == {'v': 'bad'}
    assert Manifest(tmp_path).videos == {}


@pytest.mark.parametrize('text', ['{', '[]', '{"format": 0, "videos": {}, "failed": {}}', '{"format": 1}'])
def test_another_file_of_that_name_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / 'manifest.json').write_text(text)
    with pytest.raises(ValueError, match=r'manifest\.json: not a manifest'):
        Manifest(tmp_path)


def test_a_damaged_record_is_named(tmp_path: Path) -> None:
    Manifest(tmp_path).record_failure('v', 'bad')
    (tmp_path / 'manifest' / 'v.json').write_text('{"format": 1')
    with pytest.raises(ValueError, match=r'manifest/v\.json: not a manifest'):
        Manifest(tmp_path)


RECORD = {'parameters': {'gap': 4}, 'files': {}, 'notes': []}


def test_reading_changes_nothing(tmp_path: Path) -> None:
    assert Manifest(tmp_path / 'none').videos == {}
    assert not (tmp_path / 'none').exists()


def test_merge_gives_one_sorted_file(tmp_path: Path) -> None:
    manifest = Manifest(tmp_path)
    manifest.record('b', RECORD)
    manifest.record('a', RECORD)
    manifest.record_failure('c', 'bad')
    assert not manifest.path.exists()
    manifest.merge()
    data = json.loads(manifest.path.read_text())
    assert data == {'format': 1, 'videos': {'a': RECORD, 'b': RECORD}, 'failed': {'c': 'bad'}}
    assert list(data['videos']) == ['a', 'b']
    manifest.forget('a')
    manifest.merge()
    assert list(json.loads(manifest.path.read_text())['videos']) == ['b']


def test_a_folder_of_the_older_form_gets_records(tmp_path: Path) -> None:
    data = {'format': 1, 'videos': {'a': RECORD}, 'failed': {'c': 'bad'}}
    (tmp_path / 'manifest.json').write_text(json.dumps(data))
    manifest = Manifest(tmp_path)
    assert manifest.is_done('a', {'gap': 4})
    assert not manifest.records.exists()
    manifest.record('b', RECORD)
    again = Manifest(tmp_path)
    assert again.videos == {'a': RECORD, 'b': RECORD}
    assert again.failed == {'c': 'bad'}


def test_what_others_write_during_the_merge_is_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process notes a video and merges while this one is about to write an older view."""
    manifest, other = Manifest(tmp_path), Manifest(tmp_path)
    manifest.record('a', RECORD)
    real, interrupted = module.write_json, []

    def write_json(data: object, path: Path) -> None:
        if path == manifest.path and not interrupted:
            interrupted.append(True)
            other.record('b', RECORD)
            other.merge()
        real(data, path)

    monkeypatch.setattr(module, 'write_json', write_json)
    manifest.merge()
    assert interrupted
    assert list(json.loads(manifest.path.read_text())['videos']) == ['a', 'b']


def test_leftovers_of_dead_processes_go_those_of_living_ones_stay(tmp_path: Path) -> None:
    manifest = Manifest(tmp_path)
    manifest.record('a', RECORD)
    dead = subprocess.Popen([sys.executable, '-c', ''])
    dead.wait()
    machine = os.uname().nodename
    names = [f'.manifest.json.{machine}@{dead.pid}.tmp', f'.manifest.json.{machine}@{os.getppid()}.tmp']
    names += [f'.manifest.json.elsewhere@{dead.pid}.tmp', '.other.tmp']
    for name in names:
        (tmp_path / name).write_text('half')
    Manifest(tmp_path).merge()
    assert {path.name for path in tmp_path.glob('.*')} == set(names[1:])


def test_a_folder_counts_as_one_file(tmp_path: Path) -> None:
    folder = tmp_path / 'pictures'
    folder.mkdir()
    (folder / 'a').write_bytes(b'abc')
    (folder / 'b').write_bytes(b'de')
    record = file_record(folder)
    assert record['bytes'] == 5
    (folder / 'b').write_bytes(b'df')
    assert file_record(folder)['sha256'] != record['sha256']
    manifest = Manifest(tmp_path)
    manifest.record('v', {**RECORD, 'files': {'pictures': record}})
    assert manifest.is_whole('v')
    (folder / 'b').unlink()
    assert not manifest.is_whole('v')
    manifest.forget('v')
    assert not folder.exists()
    assert not manifest.is_whole('v')
