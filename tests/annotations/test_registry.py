from __future__ import annotations

from pathlib import Path

import pytest
from smic_fixture import write_smic

from mmaction_mespot.annotations.annotation_error import AnnotationError
from mmaction_mespot.annotations.registry import READERS, read_dataset


def test_data_sets_and_their_options(tmp_path: Path) -> None:
    assert list(READERS) == ['casme2', 'samm', 'casme3', 'smic', 'fourdme', 'own', 'labels']
    write_smic(tmp_path)
    data = read_dataset('smic', tmp_path, offset_rule=None, frame_tree='HS', lenient=False)[0]
    assert data['metainfo']['dataset'] == 'smic'
    with pytest.raises(AnnotationError, match=r'smic: .*does not know the option offset_rule'):
        read_dataset('smic', tmp_path, offset_rule='mirror')
    with pytest.raises(AnnotationError, match="found 'casme4', expected one of casme2, samm"):
        read_dataset('casme4', tmp_path)
