"""Onset, apex and offset of a row, with a named rule for what a table leaves open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .annotation_error import AnnotationError
from .cell_error import CellError
from .cells import frame_number, nearest_frame
from .read_report import ReadReport

OFFSET_RULES = {
    'apex': 'offset = apex',
    'apex+20': 'offset = apex + 20',
    'apex+20-all': 'offset = apex + 20, also where the offset lies before the apex',
    'mirror': 'offset = 2 apex - onset',
    'drop': 'dropped',
    'zero': 'the onset frame alone, which nothing can hit where intervals do not hold their last frame',
}
"""What may be done with an event without an offset, by the name of the rule."""

BACKWARD_RULES = {
    'error': 'a problem of the table',
    'drop': 'dropped',
    'missing': 'read as an event without offset',
}
"""What may be done with an event whose offset lies before its onset, by the name of the rule."""

TIME_RULES = {
    **{f'offset_missing_{rule}': f'events without offset: {text}' for rule, text in OFFSET_RULES.items()},
    **{
        f'backward_{rule}': f'events whose offset lies before the onset: {text}'
        for rule, text in BACKWARD_RULES.items()
        if rule != 'error'
    },
    'offset_and_apex_missing': 'events with neither offset nor apex: the onset frame alone',
    'apex_missing': 'events with apex 0 or -1: apex unknown',
    'apex_after_offset': 'events with offset < apex: interval kept, apex left out',
    'apex_before_onset': 'events with apex < onset: interval kept, apex left out',
}
ROUNDING_RULES = {
    f'{name}_rounded': f'fractional {plural}: rounded to the nearest frame'
    for name, plural in (('onset', 'onsets'), ('apex', 'apices'), ('offset', 'offsets'))
}
_UNKNOWN = (None, -1, 0)


@dataclass(frozen=True)
class EventTimes:
    """Frame numbers of an event, inclusive; no apex where the table gives none that lies in the event."""

    onset: int
    apex: int | None
    offset: int
    offset_filled: bool = False


def check_time_rules(offset_rule: str, backward_rule: str) -> None:
    """Check the options.

    Raises:
        AnnotationError: If one is not among `OFFSET_RULES`, the other not among `BACKWARD_RULES`.
    """
    for option, found, known in (
        ('offset_rule', offset_rule, OFFSET_RULES),
        ('backward_rule', backward_rule, BACKWARD_RULES),
    ):
        if found not in known:
            raise AnnotationError(option, [f'found {found!r}, expected one of {", ".join(known)}'])


def event_times(
    cells: dict[str, Any],
    where: dict[str, Any],
    report: ReadReport,
    offset_rule: str = 'apex',
    first_onset: int = 0,
    fractions: bool = False,
    backward_rule: str = 'error',
) -> EventTimes | None:
    """Find the times of a row.

    Args:
        cells: The row; ``onset``, ``apex`` (may lack) and ``offset`` are read. 0, -1 or nothing as apex or
            offset means unknown.
        where: File, sheet and row, for the report.
        report: Takes the applied rules.
        offset_rule: A key of `OFFSET_RULES`. Defaults to 'apex'.
        first_onset: Lowest onset that is no fault. Defaults to 0.
        fractions: Whether fractions are rounded; else they are a fault. Defaults to False.
        backward_rule: A key of `BACKWARD_RULES`. Defaults to 'error'.

    Returns:
        The times; None if a rule drops the event.

    Raises:
        CellError: If a cell can't be understood.
    """
    onset, apex, offset = (
        _whole(cells.get(name), name, where, report, fractions) for name in ('onset', 'apex', 'offset')
    )
    if onset is None or onset < first_onset:
        raise CellError('onset', cells.get('onset'), f'a frame number from {first_onset}')
    found = f'onset {onset}, apex {apex or 0}, offset {offset or 0}'
    end = None if offset in _UNKNOWN else offset
    if end is not None and end < onset:
        if backward_rule == 'error':
            wanted = f'0 or a frame number from the onset {onset} (or --backward-rule drop or missing)'
            raise CellError('offset', end, wanted)
        done = 'dropped' if backward_rule == 'drop' else 'no offset'
        report.add(f'backward_{backward_rule}', **where, found=found, done=done)
        if backward_rule == 'drop':
            return None
        end = None
    if offset_rule == 'apex+20-all' and end is not None and apex not in _UNKNOWN and end < (apex or 0):
        end = None
    if 'apex' in cells and apex in _UNKNOWN:
        report.add('apex_missing', **where, found=found, done='no apex')
    elif apex is not None and apex < onset:
        report.add('apex_before_onset', **where, found=found, done='no apex')
    elif apex is not None and end is not None and end < apex:
        report.add('apex_after_offset', **where, found=found, done='no apex')
    known_apex = None
    if apex not in _UNKNOWN and apex is not None and onset <= apex and (end is None or apex <= end):
        known_apex = apex
    if end is not None:
        return EventTimes(onset, known_apex, end)
    rule = f'offset_missing_{offset_rule}'
    if offset_rule == 'drop':
        report.add(rule, **where, found=found, done='dropped')
        return None
    if offset_rule == 'zero':
        end, known_apex = onset, None
    elif known_apex is None:
        end, rule = onset, 'offset_and_apex_missing'
    else:
        fillings = {
            'apex': known_apex,
            'apex+20': known_apex + 20,
            'apex+20-all': known_apex + 20,
            'mirror': 2 * known_apex - onset,
        }
        end = fillings[offset_rule]
    report.add(rule, **where, found=found, done=f'offset {end}')
    return EventTimes(onset, known_apex, end, offset_filled=True)


def _whole(cell: Any, column: str, where: dict[str, Any], report: ReadReport, fractions: bool) -> int | None:
    number = frame_number(cell, column, whole=not fractions)
    if number is None:
        return None
    if not number.is_integer():
        done = f'{column} {nearest_frame(number)}'
        report.add(f'{column}_rounded', **where, found=f'{column} {number:g}', done=done)
    return nearest_frame(number)
