import pytest

from mmaction_mespot.annotations.annotation_error import AnnotationError
from mmaction_mespot.annotations.cell_error import CellError
from mmaction_mespot.annotations.event_times import TIME_RULES, EventTimes, check_time_rules, event_times
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


@pytest.mark.parametrize(
    ('rule', 'times'), [('drop', None), ('missing', EventTimes(30, 36, 36, offset_filled=True))]
)
def test_an_offset_before_the_onset(rule, times):
    report = ReadReport(TIME_RULES)
    row = {'onset': 30, 'apex': 36, 'offset': 20}
    assert event_times(row, WHERE, report, backward_rule=rule) == times
    assert report.counts[f'backward_{rule}'] == 1
    with pytest.raises(CellError, match=r'column offset: found 20, expected 0 or .* \(or --backward-rule'):
        event_times(row, WHERE, report)


def test_unknown_rules_are_named():
    check_time_rules('apex', 'drop')
    with pytest.raises(AnnotationError, match="found 'last', expected one of apex"):
        check_time_rules('last', 'drop')
    with pytest.raises(AnnotationError, match="found 'swap', expected one of error, drop, missing"):
        check_time_rules('apex', 'swap')
