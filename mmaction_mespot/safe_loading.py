"""Loading of checkpoints that runs no code from the file.

Since torch 2.6 ``torch.load`` unpickles tensors and plain containers only (``weights_only=True``). MMEngine
0.10 stores more in its checkpoints (the history of the losses, the config's dictionaries), so it can
neither load nor resume what it wrote. Its way out, ``weights_only=False``, would let a downloaded file run
any code. Here the loader gets a list of exactly the types that MMEngine stores; anything else is refused.
Ends with an MMEngine whose checkpoints load with ``weights_only=True``.
"""

from __future__ import annotations

import errno
import functools
import hashlib
import pickle
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from mmaction_mespot.errors import MESpotError

HISTORY_STATISTICS = ('min', 'max', 'current', 'mean')
_NUMBER_DTYPES = '?bBhHiIlLqQefdgFDSU'


def install_safe_loading() -> bool:
    """Let MMEngine's ``CheckpointLoader`` load MMEngine's own checkpoints, but no foreign code.

    Every way in (local file, URL, model zoo) passes through ``CheckpointLoader.load_checkpoint``; the list
    of allowed types is in force during that call only. URLs, which MMEngine unpickles without any check,
    come under the same rule.

    Returns:
        bool: Whether it was not installed before.
    """
    import mmengine.runner.checkpoint as module

    loader: Any = module.CheckpointLoader
    original = loader.load_checkpoint.__func__
    if hasattr(original, '__wrapped__'):
        return False

    @functools.wraps(original)
    def load_checkpoint(cls: type, filename: str, *args: Any, **kwargs: Any) -> Any:
        check_named_hash(Path(filename))
        return _load_safely(functools.partial(original, cls, filename, *args, **kwargs), str(filename))

    loader.load_checkpoint = classmethod(load_checkpoint)
    module.load_url = functools.partial(module.load_url, weights_only=True)
    return True


def check_named_hash(path: Path) -> None:
    """Check a local file whose name ends in ``-<8 hex digits>.pth``: the start of its SHA-256, as published.

    A date such as ``-20240131.pth`` is no hash. Names without one, and what is no local file, pass.

    Raises:
        MESpotError: If the file's SHA-256 begins with other digits.
    """
    match = re.search(r'-(?!20\d\d[01]\d[0-3]\d\.pth)([0-9a-f]{8})\.pth\Z', path.name)
    if match is None or not path.is_file():
        return
    with path.open('rb') as file:
        digest = hashlib.sha256()
        while block := file.read(1 << 20):
            digest.update(block)
    if not digest.hexdigest().startswith(match[1]):
        raise MESpotError(
            f'{path}: damaged, its SHA-256 begins with {digest.hexdigest()[:8]}, expected {match[1]} as in '
            'its name'
        )


def allowed_types() -> list[Any]:
    """List what an MMEngine checkpoint may hold besides tensors and plain containers.

    Returns:
        list: Pairs of the object to use and the name by which a pickle asks for it (numpy's modules go by
        their names of both 1.x and 2.x).
    """
    from mmengine.config import ConfigDict
    from mmengine.logging import HistoryBuffer

    # Taken from what numpy writes, since its private modules move between versions.
    makers = {'_reconstruct': np.zeros(1).__reduce__()[0], 'scalar': np.float64(0).__reduce__()[0]}
    allowed: list[Any] = [
        (HistoryBuffer, 'mmengine.logging.history_buffer.HistoryBuffer'),
        (ConfigDict, 'mmengine.config.config.ConfigDict'),
        (_history_statistic, 'builtins.getattr'),
        (np.ndarray, 'numpy.ndarray'),
        (np.dtype, 'numpy.dtype'),
    ]
    for core in ('numpy.core', 'numpy._core'):
        allowed += [(maker, f'{core}.multiarray.{name}') for name, maker in makers.items()]
    for code in _NUMBER_DTYPES:
        dtype = type(np.dtype(code))
        allowed.append((dtype, f'{dtype.__module__}.{dtype.__qualname__}'))
    return allowed


def _history_statistic(owner: Any, name: str) -> Callable:
    """Stand in for the ``getattr`` of a pickle: the four statistics of ``HistoryBuffer`` and nothing else."""
    from mmengine.logging import HistoryBuffer

    if owner is not HistoryBuffer or name not in HISTORY_STATISTICS:
        owner_name = getattr(owner, '__name__', type(owner).__name__)
        raise pickle.UnpicklingError(f'GLOBAL getattr({owner_name},{name}) is not allowed')
    return getattr(HistoryBuffer, name)


def _load_safely(load: Callable[[], Any], filename: str) -> Any:
    """Call ``load`` under the list of allowed types; what is refused or unreadable is a MESpotError."""
    from torch.serialization import safe_globals

    try:
        with safe_globals(allowed_types()):
            return load()
    except pickle.UnpicklingError as error:
        refused = re.search(r'GLOBAL (\S+)', str(error))
        if refused is None:
            raise MESpotError(f'{filename}: not a checkpoint of tensors and plain data') from error
        raise MESpotError(
            f'{filename}: refused, since it holds {refused.group(1)!r}, which could run code on loading; '
            'expected weights and what MMEngine stores beside them'
        ) from error
    except Exception as error:
        if not _is_damage(error, filename):
            raise
        raise MESpotError(f'{filename}: not a readable checkpoint, cut off or of another kind') from error


def _is_damage(error: Exception, filename: str) -> bool:
    """Tell what torch raises on arbitrary bytes from an error of the system or of a device."""
    if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):  # a cut-off file seeks nowhere
        return False
    return Path(filename).is_file() and 'CUDA' not in str(error)
