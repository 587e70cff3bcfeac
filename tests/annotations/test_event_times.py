import pytest

from mmaction_mespot.annotations.event_times import TIME_RULES, EventTimes, event_times
from mmaction_mespot.annotations.read_report import ReadReport

WHERE = {'file': 'a.xlsx', 'sheet': 's', 'row': 2}


@pytest.mark.parametrize(
    ('rule', 'times', 'counted'),
    [
        # offset 0; offset before the apex; a whole row
        ('apex', [(10, 15, 15, True), (10, None, 12, False), (10, 15, 20, False)], 1),
        ('apex+20', [(10, 15, 35, True), (10, None, 12, False), (10, 15, 20, False)], 1),
        ('apex+20-all', [(10, 15, 35, True), (10, 15, 35, True), (10, 15, 20, False)], 2),
        ('mirror', [(10, 15, 20, True), (10, None, 12, False), (10, 15, 20, False)], 1),
        ('zero', [(10, None, 10, True), (10, None, 12, False), (10, 15, 20, False)], 1),
        ('drop', [None, (10, None, 12, False), (10, 15, 20, False)], 1),
    ],
)
def test_rules_for_the_offset(rule, times, counted):
    report = ReadReport(TIME_RULES)
    rows = [{'onset': 10, 'apex': 15, 'offset': offset} for offset in (0, 12, 20)]
    found = [event_times(row, WHERE, report, rule) for row in rows]
    assert found == [None if one is None else EventTimes(*one) for one in times]
    assert report.counts[f'offset_missing_{rule}'] == counted
