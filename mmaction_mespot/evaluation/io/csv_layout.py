"""Where a table of detections holds what, and the detections of a video in such a table."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from mmaction_mespot.delimited_text import is_number
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import MAE, ME, Detections

COLUMNS = ('subject', 'video', 'start', 'end', 'score', 'label', 'emotion')
"""What a column can hold."""

KNOWN_NAMES: Mapping[str, tuple[str, ...]] = {
    'subject': ('subject', 'sub', 'person'),
    'video': ('video', 'vid', 'videoid', 'videoname', 'clip', 'filename', 'file', 'name'),
    'start': ('predonset', 'onset', 'onsetframe', 'start', 'begin', 'startframe'),
    'end': ('predoffset', 'offset', 'offsetframe', 'end', 'endframe'),
    'score': ('score', 'confidence', 'conf', 'probability', 'prob'),
    'label': ('predtype', 'label', 'type', 'class', 'expressiontype', 'typeidx'),
    'emotion': ('predemotion', 'emotion'),
}
"""Headers that are known, the best first; case, blanks and punctuation do not count."""

_INCLUSIVE_NAMES = ('predonset', 'onset', 'onsetframe', 'startframe')
_BASES = ('', '1based', '0based', 'inname')
"""How a title may go on to say from where frames count."""
_TYPE_INDEX = {'1': MAE, '2': ME}
_SECONDS = re.compile(r'(_s|_sec|seconds?|time)$', re.IGNORECASE)
_CLASS = re.compile(r'(macro|mae|micro|me)([^a-z].*|expression.*)?')


@dataclass(frozen=True)
class CsvLayout:
    """Names of the columns and the way of counting frames.

    Attributes:
        video: Column of the video's name; None: the name of the file.
        start: Column of the first frame.
        end: Column of the last frame, or of the one behind it.
        score: Column of the score; None: every score is 1.
        label: Column of the class; None: ``only_label``, or the class by length.
        subject: Column of the subject, or None.
        emotion: Column of the emotion, or None.
        first_frame: Number of a video's first frame.
        inclusive: Whether ``end`` is the last frame of the interval.
        only_label: Class of all rows where there is no column for it; None: by length.
        type_index: Whether the class is 1 for MaE and 2 for ME, as in columns called ``type_idx``.
        header: Order of the columns for writing.
    """

    video: str | None = 'video'
    start: str = 'start'
    end: str = 'end'
    score: str | None = None
    label: str | None = None
    subject: str | None = None
    emotion: str | None = None
    first_frame: int = 0
    inclusive: bool = False
    only_label: int | None = None
    type_index: bool = False
    header: tuple[str, ...] = ()

    def wanted(self) -> list[str]:
        """The columns that a file must have."""
        named: Sequence[str | None] = [getattr(self, f.name) for f in fields(self) if f.name in COLUMNS]
        return [name for name in named if name is not None]


def parse_columns(text: str) -> dict[str, str]:
    """Names of columns from a text such as ``video=vid,start=onset,end=offset,score=conf,label=type``.

    Raises:
        MESpotError: If it names something that no column can hold.
    """
    names = {}
    for item in text.split(','):
        key, _, column = (part.strip() for part in item.partition('='))
        if key not in COLUMNS or not column:
            raise MESpotError(
                f'columns: found {item!r}, expected KEY=COLUMN with KEY one of {", ".join(COLUMNS)}'
            )
        names[key] = column
    return names


MEGC_LAYOUT = CsvLayout(
    'vid',
    'pred_onset',
    'pred_offset',
    label='type',
    first_frame=1,
    inclusive=True,
    header=('vid', 'pred_onset', 'pred_offset', 'type'),
)
"""Submissions of the spotting task of MEGC 2022-2025."""

STR_LAYOUT = CsvLayout(
    'video',
    'onset',
    'offset',
    subject='subject',
    emotion='emotion',
    first_frame=1,
    inclusive=True,
    only_label=ME,
    header=('subject', 'video', 'onset', 'offset', 'emotion'),
)
"""Submissions of the spot-then-recognise task (MEGC 2023-2025): micro-expressions only."""


def layout_of_header(
    header: Sequence[str], origin: str, video_in_name: bool = False, given: Mapping[str, str] | None = None
) -> CsvLayout:
    """Find the columns by a header in any order and case.

    Columns called onset and offset, or start_frame and end_frame, hold the field's frame numbers: from 1, the
    last frame included, or from 0 where the title ends so (``onset_frame_0based``). Those called start and
    end count from 0, with the end behind the last frame. A table with emotions and no class is a
    spot-then-recognise submission: all ME.

    Args:
        header: Names of the columns.
        origin: The file, for the message.
        video_in_name: Whether the file's name names the video, so that no column must. Defaults to False.
        given: Names of columns by what they hold, before all known names. Defaults to none.

    Raises:
        MESpotError: If a column is not to be found; the message names the nearest and how to name it.
    """
    plain = [_plain(name) for name in header]
    found = {
        key: next((header[plain.index(n + b)] for n in names for b in _BASES if n + b in plain), None)
        for key, names in KNOWN_NAMES.items()
    }
    by_case = {name.lower(): name for name in reversed(header)}
    found |= {key: by_case.get(name.lower(), name) for key, name in (given or {}).items()}
    needed = ('start', 'end') if video_in_name else ('video', 'start', 'end')
    missing = [key for key in needed if found[key] is None]
    if missing:
        free = [name for name in header if name and name not in found.values() and not _SECONDS.search(name)]
        hints = []
        for key in missing:
            near = _nearest(key, free)
            hints.append(f'{key}={near or "NAME"}')
            free = [name for name in free if name != near]
        nearest = f'; the nearest: --columns {",".join(_known_columns(found, hints))}'
        in_seconds = '; seconds are not read, frames expected' if any(map(_SECONDS.search, header)) else ''
        raise MESpotError(
            f'{origin}: columns for {", ".join(missing)} expected '
            f'(such as {", ".join(KNOWN_NAMES[key][0] for key in missing)}), found {list(header)!s:.300}'
            f'{in_seconds}{nearest}'
        )
    start = _plain(str(found['start']))
    inclusive = any(start == name + base for name in _INCLUSIVE_NAMES for base in _BASES)
    return CsvLayout(
        **found,  # type: ignore[arg-type]
        first_frame=int(inclusive and not start.endswith('0based')),
        inclusive=inclusive,
        only_label=ME if found['emotion'] and not found['label'] else None,
        type_index=_plain(found['label'] or '') == 'typeidx',
    )


def layout_of_cells(rows: Sequence[Sequence[str]], origin: str, video_in_name: bool = False) -> CsvLayout:
    """Find the columns of a table without a header by what stands in them; their names are '1', '2', ...

    Numbers are start, end, score and class (0 or 1), in this order; a text that always names a class is the
    class, another one the video; of two others the first is the subject.

    Args:
        rows: Cells of the rows, all as many; the first one tells the numbers from the texts.
        origin: The file, for the message.
        video_in_name: Whether the file's name names the video where no column does. Defaults to False.

    Raises:
        MESpotError: If it can't be told; the message says how to name the columns.
    """
    columns = list(zip(*rows, strict=True))
    names = [str(i + 1) for i in range(len(columns))]
    numeric = [is_number(cell) for cell in rows[0]]
    numbers = [name for name, is_numeric in zip(names, numeric, strict=True) if is_numeric]
    texts = [name for name, is_numeric in zip(names, numeric, strict=True) if not is_numeric]
    classes = [name for name in texts if all(class_of(cell) is not None for cell in columns[int(name) - 1])]
    if video_in_name and not classes and len(texts) == 1 and numbers and int(texts[0]) > int(numbers[-1]):
        classes = texts  # behind the numbers of a file that is one video: a class, though not a known one
    others = [name for name in texts if name not in classes]
    told = len(classes) <= 1 and len(numbers) in (2, 3, 4) and len(others) <= 2
    told = told and (len(numbers) < 4 or not classes) and (bool(others) or video_in_name)
    if video_in_name and numbers:  # there a text between or behind numbers is a misspelt number
        told = told and all(int(name) < int(numbers[0]) for name in others)
    if len(numbers) == 4:
        told = told and set(columns[int(numbers[3]) - 1]) <= {'0', '1'}
    if not told:
        raise MESpotError(
            f'{origin}, row 1: no header, and from {list(rows[0])} it cannot be told which column is which; '
            'expected video, start, end and perhaps score and class, or --columns with positions, such as '
            'video=1,start=2,end=3,score=4'
        )
    return CsvLayout(
        video=others[-1] if others else None,
        subject=others[0] if len(others) == 2 else None,
        start=numbers[0],
        end=numbers[1],
        score=numbers[2] if len(numbers) > 2 else None,
        label=classes[0] if classes else numbers[3] if len(numbers) == 4 else None,
    )


def class_of(text: str, type_index: bool = False) -> int | None:
    """The label of a class name such as ``me``, ``MaE``, ``Micro - 1/2``, ``0``; None if it is none.

    Args:
        text: The name.
        type_index: Whether it is 1 for MaE and 2 for ME instead. Defaults to False.
    """
    if type_index:
        return _TYPE_INDEX.get(text)
    if text in ('0', '1'):
        return int(text)
    match = _CLASS.fullmatch(text.strip().lower())
    return None if match is None else MAE if match[1] in ('macro', 'mae') else ME


def _plain(name: str) -> str:
    return re.sub(r'[^a-z0-9]+', '', name.lower())


def _nearest(key: str, names: Sequence[str]) -> str | None:
    """The name that resembles one of the known names of a column most."""
    by_plain = {_plain(name): name for name in names}
    best = max(
        (
            (difflib.SequenceMatcher(None, plain, known).ratio(), plain)
            for plain in by_plain
            for known in KNOWN_NAMES[key]
        ),
        default=(0.0, ''),
    )
    return by_plain[best[1]] if best[0] >= 0.5 else None


def _known_columns(found: Mapping[str, str | None], hints: Sequence[str]) -> list[str]:
    return [*hints, *(f'{key}={name}' for key, name in found.items() if name is not None)]


UNKNOWN_LABEL = -1
"""Label of detections whose file does not tell the class."""


@dataclass(frozen=True)
class VideoDetections:
    """Detections of one video, in the order of their file.

    Attributes:
        video: The video's name in the file.
        detections: Half-open intervals in frames from 0; label -1 where the file does not tell the class.
        origin: File and row where the video is named first, for messages.
        subject: The subject's name in the file, or None.
        emotions: One emotion a detection, or None.
        first_frame, inclusive: How the file counts frames, for showing them as it does.
        places: File and row of each detection with its frames as written there, for messages; or empty.

    Raises:
        ValueError: If there is not one emotion, or one place, for each detection.
    """

    video: str
    detections: Detections
    origin: str = ''
    subject: str | None = None
    emotions: tuple[str, ...] | None = None
    places: tuple[str, ...] = ()
    first_frame: int = 0
    inclusive: bool = False

    def __post_init__(self) -> None:
        if self.emotions is not None and len(self.emotions) != len(self.detections):
            raise ValueError(
                f'video {self.video}: {len(self.emotions)} emotions for {len(self.detections)} detections'
            )
        if self.places and len(self.places) != len(self.detections):
            raise ValueError(
                f'video {self.video}: {len(self.places)} places for {len(self.detections)} detections'
            )
