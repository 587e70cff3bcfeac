from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
METAFILES = yaml.safe_load((ROOT / 'model-index.yml').read_text())['Import']


def read(metafile: str) -> dict[str, Any]:
    return yaml.safe_load((ROOT / metafile).read_text())


@pytest.mark.parametrize('metafile', METAFILES)
def test_the_index_names_what_is_there(metafile: str) -> None:
    content = read(metafile)
    for one in content['Collections']:
        assert ((ROOT / metafile).parent / one['README']).is_file()
    collections = {one['Name'] for one in content['Collections']}
    for model in content['Models']:
        assert model['In Collection'] in collections
        assert (ROOT / model['Config']).is_file()
        assert ('Weights' in model) == ('Results' in model)
        if 'Weights' not in model:
            continue
        weights = ROOT / model['Weights']
        card = weights.with_suffix('.md').read_text()
        assert hashlib.sha256(weights.read_bytes()).hexdigest() in card
        for result in model['Results']:
            assert f'{result["Metrics"]["F1"]:.3f}'.removeprefix('0') in card


def test_every_method_of_the_zoo_is_in_the_index_and_on_the_page() -> None:
    models = read('configs/zoo/metafile.yml')['Models']
    configs = sorted(path.stem for path in (ROOT / 'configs' / 'zoo').glob('*.py'))
    assert sorted(model['Name'] for model in models) == configs
    page = (ROOT / 'docs' / 'zoo.md').read_text()
    for model in models:
        assert f'| `{model["Name"].rsplit("_", 1)[0]}` |' in page
        assert all(f'`{name}`' in page for name in model['Metadata']['Architecture'])
