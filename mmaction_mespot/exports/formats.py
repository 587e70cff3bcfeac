"""The formats by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mmaction_mespot.atomic_file import whole_file
from mmaction_mespot.checked_json import MAX_FRAMES
from mmaction_mespot.errors import MESpotError

from .coded_interval import CodedInterval, Coding
from .elan import read_eaf, write_eaf
from .event_tables import read_bids, read_boris, write_bids, write_boris
from .praat import read_textgrid, write_textgrid


@dataclass(frozen=True)
class Format:
    """One format.

    Attributes:
        ending: How its files end.
        write: Writes a coding.
        read: Reads intervals; what it raises on a broken file is turned into one line.
    """

    ending: str
    write: Callable[[Coding, Path], None]
    read: Callable[[Path], list[CodedInterval]]


FORMATS = {
    'elan': Format('.eaf', write_eaf, read_eaf),
    'praat': Format('.TextGrid', write_textgrid, read_textgrid),
    'boris': Format('_boris.tsv', write_boris, read_boris),
    'bids': Format('_events.tsv', write_bids, read_bids),
}


def write_coding(coding: Coding, path: Path, name: str) -> None:
    """Write a file of one of :data:`FORMATS`, whole or not at all."""
    with whole_file(path) as temporary:
        FORMATS[name].write(coding, temporary)


def read_coding(path: Path, name: str | None = None) -> list[CodedInterval]:
    """Read a file.

    Args:
        path: The file.
        name: Its format. Defaults to None: by its ending.

    Returns:
        The intervals by onset.

    Raises:
        MESpotError: If the format is unknown or the file is broken, with what was found.
    """
    if name is None:
        name = next(
            (one for one, kind in FORMATS.items() if path.name.lower().endswith(kind.ending.lower())), None
        )
    if name is None:
        endings = ', '.join(kind.ending for kind in FORMATS.values())
        raise MESpotError(f'{path}: cannot tell the format, expected one of the endings {endings}')
    try:
        found = FORMATS[name].read(path)
    except (MESpotError, OSError):
        raise
    except (Exception, StopIteration) as error:  # pympi raises whatever a broken line sets off
        raise MESpotError(f'{path}: no usable file of {name} ({error!r})') from error
    for one in found:
        if not 0 <= one.onset_s <= one.offset_s <= MAX_FRAMES:
            wanted = f'expected 0 <= onset <= offset <= {MAX_FRAMES}'
            raise MESpotError(f'{path}: {one.label} from {one.onset_s} to {one.offset_s} s, {wanted}')
        if one.apex_s is not None and not one.onset_s <= one.apex_s <= one.offset_s:
            raise MESpotError(f'{path}: {one.label} at {one.onset_s} s: apex {one.apex_s} lies outside of it')
        if not all(value is None or value <= MAX_FRAMES for value in (one.score, one.probability)):
            raise MESpotError(f'{path}: {one.label} at {one.onset_s} s: score or probability too large')
    return sorted(found, key=lambda one: (one.onset_s, one.offset_s, one.label))
