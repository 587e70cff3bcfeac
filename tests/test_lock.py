"""The locked versions are among those that setup.py allows, on every Python and platform."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PLATFORMS = {
    'Linux': {
        'sys_platform': 'linux',
        'platform_system': 'Linux',
        'platform_machine': 'x86_64',
        'os_name': 'posix',
    },
    'Mac': {
        'sys_platform': 'darwin',
        'platform_system': 'Darwin',
        'platform_machine': 'arm64',
        'os_name': 'posix',
    },
    'Windows': {
        'sys_platform': 'win32',
        'platform_system': 'Windows',
        'platform_machine': 'AMD64',
        'os_name': 'nt',
    },
}
UNLOCKED = {'torch'}  # its build is the user's choice


def bounds() -> list[Requirement]:
    """What setup.py asks for, with every extra."""
    spec = importlib.util.spec_from_file_location('check_versions', ROOT / 'tools' / 'check_versions.py')
    assert spec is not None and spec.loader is not None
    module = sys.modules['check_versions'] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    lines = module.requirements('docs', 'tensorboard', 'tests').splitlines()
    return [Requirement(line) for line in lines]


def locked() -> list[Requirement]:
    lines = (ROOT / 'requirements-lock.txt').read_text(encoding='utf-8').splitlines()
    return [Requirement(line) for line in lines if not line.startswith('#')]


def applies(requirement: Requirement, environment: dict[str, str]) -> bool:
    return requirement.marker is None or requirement.marker.evaluate({**environment, 'extra': ''})


def problems(wanted: list[Requirement], chosen: list[Requirement], environment: dict[str, str]) -> list[str]:
    """What is asked for in an environment, and not locked at one version that is allowed."""
    found: list[str] = []
    for bound in wanted:
        name = canonicalize_name(bound.name)
        if name in UNLOCKED or not applies(bound, environment):
            continue
        pins = [pin for pin in chosen if canonicalize_name(pin.name) == name and applies(pin, environment)]
        versions = [str(pin.specifier).removeprefix('==') for pin in pins]
        if len(versions) != 1 or not bound.specifier.contains(versions[0]):
            found.append(f'{bound}: locked are {versions}')
    return found


@pytest.mark.parametrize('platform', PLATFORMS)
@pytest.mark.parametrize('minor', range(10, 15))
def test_the_lock_is_within_the_bounds(minor: int, platform: str) -> None:
    environment = {
        'python_version': f'3.{minor}',
        'python_full_version': f'3.{minor}.8',
        'implementation_name': 'cpython',
        'platform_python_implementation': 'CPython',
        **PLATFORMS[platform],
    }
    wanted = bounds()
    assert len(wanted) > 30
    assert problems(wanted, locked(), environment) == []


def test_what_is_wrong_is_found() -> None:
    wanted = [Requirement(text) for text in ('one>=2', 'two<3', "three>=1 ; sys_platform == 'win32'", 'four')]
    chosen = [Requirement(text) for text in ('one==2.0', 'two==3.0')]
    assert problems(wanted, chosen, PLATFORMS['Linux']) == [
        "two<3: locked are ['3.0']",
        'four: locked are []',
    ]
