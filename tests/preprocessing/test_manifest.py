from __future__ import annotations

from pathlib import Path

import pytest

from mmaction_mespot.preprocessing.manifest import Manifest, file_record


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
