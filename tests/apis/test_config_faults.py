"""What is a config's fault while its components are built, and what is a bug."""

import pytest
from mmengine.registry import MODELS, OPTIMIZERS, DefaultScope, Registry

from mmaction_mespot.apis.config_faults import config_faults, read_config
from mmaction_mespot.errors import MESpotError


class Own:
    """Stands for a component of this package."""

    __module__ = 'mmaction_mespot.models.own'

    def __init__(self, width: int, bug: bool = False) -> None:
        range(width)
        if bug:
            raise ValueError('broken')


Own.__init__.__annotations__.update(width='int', bug='bool')  # as in modules with postponed annotations


class Foreign:
    """Stands for a component of MMAction2, with one of ours in it."""

    def __init__(self, inner=None, depth=18):
        if inner is not None:
            PARTS.build(inner)
        if depth not in (18, 50):
            raise KeyError(f'invalid depth {depth}')


PARTS = Registry('part', scope='mmengine')
PARTS.register_module(module=Own)
PARTS.register_module(module=Foreign)


def build(cfg):
    with DefaultScope.overwrite_default_scope('mmengine'), config_faults('a.py'):
        return PARTS.build(cfg)


@pytest.mark.parametrize(
    ('cfg', 'said'),
    [
        (dict(type='Owm', width=1), "no part 'Owm', did you mean 'Own'?"),
        (dict(width=1), 'where a component is expected'),
        (dict(type='Own', width=1, depth=2), 'Own: takes no depth, only width, bug'),
        (dict(type='Own', width='1'), "Own: width: found '1', expected int"),
        (dict(type='Own'), 'Own needs width'),
        (dict(type='Foreign', depth=19), 'Foreign: KeyError: .*invalid depth 19'),
        (dict(type='Foreign', inner=dict(type='Own', width=1, depth=2)), 'Own: takes no depth'),
    ],
)
def test_fault_of_the_config(cfg, said):
    with pytest.raises(MESpotError, match=rf'^config a\.py: .*{said}'):
        build(cfg)


@pytest.mark.parametrize(
    'cfg',
    [dict(type='Own', width=1, bug=True), dict(type='Foreign', inner=dict(type='Own', width=1, bug=True))],
)
def test_bug_of_ours_stays_one(cfg):
    with pytest.raises(ValueError, match=r'^broken$') as caught:
        build(cfg)
    assert not isinstance(caught.value, MESpotError)


def test_optimizer_that_nobody_has():
    with pytest.raises(MESpotError, match="no optimizer 'Adamm', did you mean 'Adam'"), config_faults('a.py'):
        OPTIMIZERS.get('Adamm')


def test_registries_are_as_before():
    before = Registry.build, Registry.get
    with config_faults('a.py'):
        assert Registry.build is not before[0]
    assert (Registry.build, Registry.get) == before and MODELS.get('NoSuchModel') is None


@pytest.mark.parametrize(
    ('text', 'said'),
    [
        ('1 / 0', 'ZeroDivisionError'),
        ('model = dict(', 'cannot be read'),
        ('work_dir = "a"', 'no model; found'),
    ],
)
def test_config_that_cannot_be_read(tmp_path, text, said):
    path = tmp_path / 'a.py'
    path.write_text(text)
    with pytest.raises(MESpotError, match=said):
        read_config(path)
