from __future__ import annotations

import pytest

from mmaction_mespot.cross_validation.fold_plan import Fold, plan_folds
from mmaction_mespot.datasets.subject_selection import select_subjects
from mmaction_mespot.errors import MESpotError

PEOPLE = ['s4', 's1', 's3', 's2', 's1']


def test_one_fold_a_person() -> None:
    assert plan_folds(PEOPLE) == [
        Fold('s1', ('s1',), ('s2',), ('s3', 's4')),
        Fold('s2', ('s2',), ('s1',), ('s3', 's4')),
        Fold('s3', ('s3',), ('s1',), ('s2', 's4')),
        Fold('s4', ('s4',), ('s1',), ('s2', 's3')),
    ]


def test_k_folds_take_people_by_turns() -> None:
    folds = plan_folds(['a', 'b', 'c', 'd', 'e'], ['kfold=2'], inner_split='2')
    assert folds == [
        Fold('fold01', ('a', 'c', 'e'), ('b',), ('d',)),
        Fold('fold02', ('b', 'd'), ('a', 'e'), ('c',)),
    ]


def test_given_people_only() -> None:
    assert [fold.name for fold in plan_folds(PEOPLE, ['s3', 's1'])] == ['s1', 's3']


def test_own_detections() -> None:
    assert plan_folds(PEOPLE, ['s1'], 'own') == [Fold('s1', ('s1',), ('s2', 's3', 's4'), ('s2', 's3', 's4'))]


def test_nothing_trained() -> None:
    assert plan_folds(PEOPLE, ['s1'], trains=False) == [Fold('s1', ('s1',), ('s2', 's3', 's4'), ())]


def test_every_person_is_held_out_once_and_never_used_in_its_fold() -> None:
    people = [f'p{i:02d}' for i in range(23)]
    for words in (['loso'], ['kfold=5']):
        folds = plan_folds(people, words)
        assert sorted(person for fold in folds for person in fold.test) == people
        for fold in folds:
            assert sorted(fold.test + fold.val + fold.train) == people


def test_same_people_as_a_single_fold_of_the_data_set() -> None:
    people = [f's{i}' for i in range(15, 37)]
    fold = plan_folds(people, ['s20'])[0]
    for split, chosen in (('train', fold.train), ('val', fold.val), ('test', fold.test)):
        assert select_subjects(people, 'here', split=split, fold='s20') == list(chosen)


@pytest.mark.parametrize(
    ('people', 'words', 'inner', 'message'),
    [
        (PEOPLE, ['s9', 's1'], '6', r'found s9, expected loso, kfold=K or some of the people s1, s2, s3, s4'),
        (PEOPLE, ['kfold=5'], '6', r'found kfold=5, expected kfold=2 to kfold=4'),
        (PEOPLE, ['loso'], '1', r"inner split: found '1'"),
        (PEOPLE, ['loso'], 'all', r"inner split: found 'all', expected 'own' or a whole number"),
        (['a', 'b'], ['loso'], '6', r'fold a: 1 other people \(b\) are too few'),
        (['a'], ['loso'], 'own', r'fold a: 0 other people \(nobody\)'),
        (['a/b', 'c', 'd'], ['loso'], '6', r"the person 'a/b' cannot name a folder"),
    ],
)
def test_bad_words(people: list[str], words: list[str], inner: str, message: str) -> None:
    with pytest.raises(MESpotError, match=message):
        plan_folds(people, words, inner)
