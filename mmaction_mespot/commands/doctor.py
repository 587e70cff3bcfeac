"""Check this installation: what is there, what is wrong, and how to mend it."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

from mmaction_mespot import MISSING_BACKEND
from mmaction_mespot.environment import explain_import, keep_compiled_code
from mmaction_mespot.installation import find_mixtures
from mmaction_mespot.shipped_files import shipped_root
from mmaction_mespot.version import __version__

PACKAGE = 'mmaction_mespot'


@dataclass(frozen=True)
class Finding:
    """One line of the report.

    Attributes:
        topic: What was looked at.
        found: What is there.
        mend: What to do about it; empty where all is well.
    """

    topic: str
    found: str
    mend: str = ''

    def __str__(self) -> str:
        """The line, with the way out below it."""
        line = f'{"WRONG" if self.mend else "ok":6}{self.topic:22}{self.found}'
        return f'{line}\n{"":28}-> {self.mend}' if self.mend else line


def build_parser() -> argparse.ArgumentParser:
    """Make the parser."""
    return argparse.ArgumentParser(description=__doc__)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the findings.

    Returns:
        int: 0 if all is well, else 1.
    """
    build_parser().parse_args(arguments)
    wrong = 0
    for finding in examine():
        print(finding, flush=True)
        wrong += bool(finding.mend)
    print(f'\n{wrong} to fix' if wrong else '\neverything is fine')
    return int(wrong > 0)


def examine() -> Iterator[Finding]:
    """Look at everything, one finding after the other."""
    yield Finding('mmaction_mespot', f'{__version__} in {Path(__file__).parents[1]}')
    yield Finding('python', f'{platform.python_version()} ({sys.executable}), {platform.platform()}')
    yield from check_requirements(metadata_requirements())
    yield from check_folders()
    yield check_torch()
    yield check_shipped()
    yield check_face_networks()
    yield check_cache()
    yield check_backend(os.environ.get('MPLBACKEND'))


def metadata_requirements() -> list[str]:
    """What the installed package requires; nothing of a clone on the path that was not installed."""
    try:
        return metadata.requires(PACKAGE) or []
    except metadata.PackageNotFoundError:
        return []


def check_requirements(requirements: Sequence[str]) -> Iterator[Finding]:
    """Compare the installed versions with the required ones.

    Args:
        requirements: As in the metadata, such as ``numpy<2.4,>=1.26``.

    Yields:
        One finding for each that applies here.
    """
    if not requirements:
        yield Finding('requirements', 'not known: the package is on the path, not installed')
    for text in requirements:
        requirement = Requirement(text)
        if requirement.marker is not None and not requirement.marker.evaluate({'extra': ''}):
            continue
        try:
            version = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            yield Finding(requirement.name, 'not installed', f"pip install '{requirement}'")
            continue
        fits = requirement.specifier.contains(version, prereleases=True)
        wanted = f', expected {requirement.specifier}' if not fits else ''
        yield Finding(requirement.name, version + wanted, '' if fits else f"pip install '{requirement}'")


def check_folders() -> Iterator[Finding]:
    """Look for folders that two distributions wrote, such as two versions of OpenCV."""
    mixtures = find_mixtures()
    if not mixtures:
        yield Finding('shared folders', 'cv2, decord, mmcv: one distribution each, whole')
    for mixture in mixtures:
        found, _, mend = str(mixture).partition('; to fix it: ')
        yield Finding('shared folders', found, mend)


def check_torch() -> Finding:
    """Import torch and look for a GPU."""
    try:
        import torch
    except Exception as error:  # a broken build raises OSError as well as ImportError
        return Finding('torch', f'cannot be imported: {error}', 'pip install --force-reinstall torch')
    if torch.cuda.is_available():
        names = ', '.join(torch.cuda.get_device_name(number) for number in range(torch.cuda.device_count()))
        return Finding('GPU', f'{names}; torch {torch.__version__}')
    built = f'built for CUDA {torch.version.cuda}' if torch.version.cuda else 'built for the CPU'
    return Finding('GPU', f'none that torch {torch.__version__} ({built}) can use: the CPU is taken')


def check_shipped() -> Finding:
    """Look for the configs."""
    try:
        return Finding('configs', str(shipped_root() / 'configs'))
    except Exception as error:
        return Finding('configs', str(error), f'pip install --force-reinstall --no-deps {PACKAGE}')


def check_face_networks() -> Finding:
    """Look for the face networks, and try whether OpenCV runs them."""
    try:
        from mmaction_mespot.preprocessing.faces import FaceTracker

        FaceTracker()
    except ImportError as error:  # OpenCV, or what it needs of the system
        found, _, mend = explain_import(error).partition('; ')
        return Finding('face networks', found, mend.removesuffix(' (others: mespot doctor)'))
    except Exception as error:
        return Finding('face networks', str(error), f'pip install --force-reinstall --no-deps {PACKAGE}')
    return Finding('face networks', 'found, and OpenCV reads them')


def check_cache() -> Finding:
    """Say where numba keeps what it compiles."""
    folder = keep_compiled_code()
    return Finding('compiled code', str(folder) if folder else 'kept where numba keeps it, if it can be')


def check_backend(name: str | None) -> Finding:
    """Try the backend of matplotlib that the environment names."""
    if MISSING_BACKEND is not None:
        return Finding('MPLBACKEND', f'{MISSING_BACKEND} is not installed here, agg is taken')
    if name is None:
        return Finding('MPLBACKEND', 'not set')
    import matplotlib

    try:
        matplotlib.use(name)
        import matplotlib.pyplot

        return Finding('MPLBACKEND', name)
    except Exception as error:
        return Finding('MPLBACKEND', f'{name}: {error}', 'unset MPLBACKEND')
