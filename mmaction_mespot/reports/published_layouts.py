"""How published repositories write their detections, by name: what a file does not say by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.io.frame_scores import PEAK_RULES
from mmaction_mespot.reports.evaluate_input import FileOptions

_FIELD = {'first_frame': 1, 'inclusive': True}
_FLOW_NAMES = {'video_name': r'(?:casme_0?|samm_)(.+)'}

PUBLISHED_LAYOUTS: Mapping[str, Mapping[str, Any]] = {
    'megc2020': {**_FIELD, 'outside': 'keep'},
    'megc-log': {**_FIELD, 'outside': 'keep', 'video_name': 'last'},
    'lgsnet': {**_FIELD, 'outside': 'keep', 'video_name': 'casme2'},
    'auwgcn': {**_FIELD, **_FLOW_NAMES, 'outside': 'keep', 'unlisted': 'empty'},
    'spotformer': {
        'first_frame': 0,
        'inclusive': True,
        **_FLOW_NAMES,
        'outside': 'keep',
        'unlisted': 'empty',
    },
    'strs': {**_FIELD, 'outside': 'keep', 'unlisted': 'drop'},
    **{name: {'peaks': rule, 'outside': 'keep'} for name, rule in PEAK_RULES.items()},
}
"""Options of :class:`~mmaction_mespot.reports.evaluate_input.FileOptions` by repository."""


def options_of_layout(name: str | None, given: Mapping[str, Any]) -> FileOptions:
    """The options of a layout, with those that are given in their place.

    Args:
        name: A key of :data:`PUBLISHED_LAYOUTS`; None for what files say themselves.
        given: Options by the name of their field; None leaves the layout's.

    Raises:
        MESpotError: If the layout is unknown.
    """
    if name is not None and name not in PUBLISHED_LAYOUTS:
        raise MESpotError(f'layout: found {name!r}, expected one of {", ".join(PUBLISHED_LAYOUTS)}')
    layout = {} if name is None else PUBLISHED_LAYOUTS[name]
    return replace(
        FileOptions(), **{**layout, **{key: value for key, value in given.items() if value is not None}}
    )
