from __future__ import annotations

import pytest

from mmaction_mespot.datasets.subject_selection import select_subjects
from mmaction_mespot.errors import MESpotError

PEOPLE = [f's{i:02d}' for i in range(1, 9)]
SPLITS = {'train': ['s01', 's02', 's03'], 'val': ['s04'], 'empty': []}


def choose(**options: object) -> list[str]:
    return select_subjects(PEOPLE * 2, 'a.json', SPLITS, **options)


def test_split_and_lists() -> None:
    assert choose() == PEOPLE
    assert choose(split='train') == ['s01', 's02', 's03']
    assert choose(split='train', exclude='s02') == ['s01', 's03']
    assert choose(include=['s08', 's02']) == ['s02', 's08']
    assert choose(split='train', include=['s01', 's02', 's04'], exclude=['s01']) == ['s02']


def test_fold_holds_one_person_out_and_keeps_val_off_the_training() -> None:
    assert choose(fold='s03', split='test') == ['s03']
    # of the others s01 s02 s04 s05 s06 s07 s08, the 1st and the 7th choose the thresholds
    assert choose(fold='s03', split='val') == ['s01', 's08']
    assert choose(fold='s03', split='train') == ['s02', 's04', 's05', 's06', 's07']


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (dict(split='dev'), r"a.json: found train, val, empty, expected a split 'dev'"),
        (dict(split='empty'), "nobody is left with split='empty'"),
        (
            dict(split='val', exclude='s04'),
            "nobody is left with split='val', fold=None, .* the data set has s01, s02",
        ),
        (dict(include='s99'), 'include_subjects names s99, expected some of s01, s02'),
        (dict(exclude=['s98', 's99']), 'exclude_subjects names s98, s99'),
        (dict(fold='s99', split='test'), 'fold names s99'),
        (dict(fold='s01'), "fold='s01' needs a split"),
    ],
)
def test_errors(options: dict, message: str) -> None:
    with pytest.raises(MESpotError, match=message):
        choose(**options)


def test_data_set_without_splits() -> None:
    with pytest.raises(MESpotError, match=r'found no splits \(give a fold'):
        select_subjects(PEOPLE, 'a.json', None, split='train')
