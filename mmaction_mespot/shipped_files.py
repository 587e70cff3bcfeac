"""Where configs and tools lie: in a clone at its root, in a wheel in MMEngine's ``.mim`` layout."""

from __future__ import annotations

from pathlib import Path

from mmaction_mespot.errors import MESpotError

PACKAGE = Path(__file__).parent


def shipped_root() -> Path:
    """The folder with ``configs``, ``tools`` and ``model-index.yml``.

    Returns:
        Path: ``mmaction_mespot/.mim`` of a wheel, else the root of the clone.

    Raises:
        MESpotError: The installation holds neither.
    """
    for root in (PACKAGE / '.mim', PACKAGE.parent):
        if (root / 'model-index.yml').is_file() and (root / 'configs').is_dir():
            return root
    raise MESpotError(
        f'{PACKAGE / ".mim"}: no configs in this installation of mmaction_mespot, install it again'
    )


def tools_folder() -> Path:
    """The folder of ``train.py``, ``test.py`` and the other tools; errors as of :func:`shipped_root`."""
    return shipped_root() / 'tools'


def find_config(path: str | Path) -> str:
    """Find a config by its path, or by its name among those that ship with the package.

    Args:
        path: Such as ``my/config.py``, ``configs/mespot_samm.py`` or ``mespot_samm.py``. A file that is there
            goes before a shipped one.

    Returns:
        str: The path of the file; ``path`` itself where there is no such file at all.
    """
    given = Path(path)
    if given.exists() or given.is_absolute() or '..' in given.parts:
        return str(path)
    try:
        root = shipped_root()
    except MESpotError:
        return str(path)
    candidates = (
        (root / given, root / 'configs' / given)
        if given.parts[:1] == ('configs',)
        else (root / 'configs' / given,)
    )
    return next((str(file) for file in candidates if file.is_file() and file.suffix == '.py'), str(path))
