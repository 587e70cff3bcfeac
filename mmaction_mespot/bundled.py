"""MMAction2 as it comes with this package.

MMAction2 1.2.0 declares two requirements that are wrong today, and the metadata of one wheel cannot override
those of another: ``opencv-contrib-python``, which writes the same folder ``cv2/`` as the ``opencv-python``
of MMEngine and mmcv, and ``decord``, which has no wheel for Arm. So the package does not require MMAction2.
Its build puts the files of MMAction2's own wheel (Apache-2.0, pure Python) into ``third_party/``, unchanged
but for those two lines of the metadata, and a wheel of it brings a ``.pth`` file that adds the folder to the
path. pip then counts MMAction2 as installed. An MMAction2 of one's own goes first. Ends with an MMAction2
that asks for one OpenCV and for a decord that is kept up.
"""

from __future__ import annotations

import importlib.util
import sys
from importlib import metadata
from pathlib import Path

FOLDER = Path(__file__).with_name('third_party')
VERSION = '1.2.0'


def provide_mmaction() -> bool:
    """Let ``import mmaction`` find the files in ``third_party/`` where nothing on the path provides it.

    An editable installation is such a place: no ``.pth`` file of ours comes with it.

    Returns:
        bool: Whether they were needed.

    Raises:
        ImportError: Another version is installed, or none and this copy of the package holds none.
    """
    if importlib.util.find_spec('mmaction') is None:
        if not (FOLDER / 'mmaction').is_dir():
            raise ImportError(
                f'no MMAction2: none is installed, and {FOLDER} does not exist, as in a clone that was not '
                'installed (pip install -e . makes it)'
            )
        sys.path.append(str(FOLDER))
        importlib.invalidate_caches()
        if 'pkg_resources' in sys.modules:  # it looks at the path once; MMEngine asks it for `mmaction::`
            sys.modules['pkg_resources'].working_set.add_entry(str(FOLDER))
        return True
    try:
        found = metadata.version('mmaction2')
    except metadata.PackageNotFoundError:  # a folder on the path, such as a clone
        return False
    if found != VERSION:
        raise ImportError(
            f'MMAction2 {found} is installed, mmaction_mespot needs {VERSION}: run pip uninstall mmaction2, '
            f'since {VERSION} comes with mmaction_mespot'
        )
    return False
