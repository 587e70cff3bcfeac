from __future__ import annotations

import hashlib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]


def test_the_index_names_what_is_there() -> None:
    (metafile,) = yaml.safe_load((ROOT / 'model-index.yml').read_text())['Import']
    content = yaml.safe_load((ROOT / metafile).read_text())
    collections = {one['Name'] for one in content['Collections']}
    for model in content['Models']:
        assert model['In Collection'] in collections
        assert (ROOT / model['Config']).is_file()
        weights = ROOT / model['Weights']
        card = weights.with_suffix('.md').read_text()
        assert hashlib.sha256(weights.read_bytes()).hexdigest() in card
        for result in model['Results']:
            assert f'{result["Metrics"]["F1"]:.3f}'.removeprefix('0') in card
