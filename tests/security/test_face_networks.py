"""The face networks: what was checked is what runs."""

import pytest

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.preprocessing.faces import find_face_models
from mmaction_mespot.preprocessing.faces.network import read_network


@pytest.mark.parametrize('name', ['detector', 'mesh'])
def test_file_that_changed_after_its_check_is_refused(tmp_path, name):
    source = getattr(find_face_models(), name)
    path = tmp_path / source.name
    content = source.read_bytes()
    path.write_bytes(content)
    assert read_network(path).getLayerNames()
    path.write_bytes(content[:1000] + bytes(2000) + content[3000:])
    with pytest.raises(MESpotError, match='SHA-256'):
        read_network(path)
