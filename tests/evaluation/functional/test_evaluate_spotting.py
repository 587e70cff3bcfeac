import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import mmaction_mespot
from mmaction_mespot.evaluation import evaluate_spotting

REFERENCE = {
    'video': ['a', 'a', 'b', 'b'],
    'start': [0, 100, 0, 50],
    'end': [40, 112, 30, 62],
    'label': ['MaE', 'ME', 'MaE', 1],
}
ESTIMATE = {
    'video': ['a', 'a', 'b', 'c', 'b'],
    'start': [2, 100, 0, 0, 52],
    'end': [40, 112, 30, 9, 60],
    'label': ['MaE', 'MaE', 'ME', 'ME', 'ME'],
    'score': [0.9, 0.8, 0.7, 0.6, 0.5],
}


@pytest.mark.parametrize('kind', [dict, pd.DataFrame])
def test_counts_and_substitutions(kind):
    figures = evaluate_spotting(kind(REFERENCE), kind(ESTIMATE))
    assert [figures[key] for key in ('TP', 'FP', 'FN', 'TP_MaE', 'TP_ME', 'FP_MaE', 'FP_ME')] == [
        2, 3, 2, 1, 1, 1, 2,
    ]  # fmt: skip
    # The ME at 100 is called MaE, the MaE of video b is called ME; in c there is nothing.
    assert (figures['ME_found_as_MaE'], figures['MaE_found_as_ME']) == (1, 1)
    assert figures['F1'] == 4 / 9
    assert figures['TP_overall_agnostic'] == 4


def test_arrays_of_one_video_and_protocols():
    reference, estimate = np.array([[0, 10, 0]]), np.array([[0, 5, 0, 0.9]])
    assert evaluate_spotting(reference, estimate)['TP'] == 1
    assert evaluate_spotting(reference, estimate, 'auwgcn')['TP'] == 0
    assert evaluate_spotting(reference, [])['FN'] == 1
    assert evaluate_spotting([], estimate, videos=['x'])['FP'] == 1


@pytest.mark.parametrize(
    ('estimate', 'message'),
    [
        ([[0, 10]], r'estimate: an array with the columns start, end, label .* found \(1, 2\)'),
        ([[5, 5, 0]], 'estimate, row 0: found start 5, end 5'),
        ([[0, float('nan'), 0]], 'estimate, row 0: found start 0, end nan'),
        ([[0, 5, 2]], "estimate, row 0: '2' is no label"),
        ({'start': [1]}, r"estimate: columns \['end', 'label'\] expected, found \['start'\]"),
    ],
)
def test_what_is_wrong_is_named(estimate, message):
    with pytest.raises(ValueError, match=message):
        evaluate_spotting([[0, 10, 0]], estimate)
    with pytest.raises(ValueError, match="fps of video '': found 0"):
        evaluate_spotting([[0, 10, 0]], [], fps=0)


def test_needs_neither_torch_nor_mmengine():
    root = Path(mmaction_mespot.__file__).parent
    code = (
        'import sys, types; package = types.ModuleType("mmaction_mespot"); '
        f'package.__path__ = [{str(root)!r}]; sys.modules["mmaction_mespot"] = package; '
        'from mmaction_mespot.evaluation import evaluate_spotting; '
        'print([n for n in ("torch", "mmengine", "mmaction", "mmcv", "pandas", "scipy", "cv2") '
        'if n in sys.modules])'
    )
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == '[]'
