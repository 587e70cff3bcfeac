from __future__ import annotations

import pytest

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.selection import parse_thresholds


def test_thresholds_of_the_command_line() -> None:
    assert parse_thresholds('MaE=0.9,ME=0.8') == {'MaE': 0.9, 'ME': 0.8}
    assert parse_thresholds(' ME=1') == {'ME': 1.0}
    for text in ('0.5', 'MaE=', 'mae=0.5', 'ME=-1', 'ME=nan'):
        with pytest.raises(MESpotError, match='expected such as MaE'):
            parse_thresholds(text)
