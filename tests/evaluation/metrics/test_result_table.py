from mmaction_mespot.evaluation.functional.counts import count_videos
from mmaction_mespot.evaluation.metrics.result_table import render_table


def test_every_figure_is_in_the_table(benchmark_videos):
    counts = count_videos(benchmark_videos)
    text = render_table({'all': counts}, {'all': counts}, 'thresholds: given')
    row = next(line for line in text.splitlines() if ' MaE ' in line)
    assert [cell.strip() for cell in row.strip('│').split('│')] == [
        'MaE', '2', '2', '1', '0.500', '0.667', '0.571', '0.571',
    ]  # fmt: skip
    assert 'oracle F1' in text
    assert 'thresholds: given' in text
    assert 'part' not in text


def test_parts_have_a_column_of_their_own(benchmark_videos):
    counts = count_videos(benchmark_videos)
    parts = {'all': counts, 'hard': counts}
    lines = render_table(parts, parts, '').splitlines()
    assert sum(' hard ' in line for line in lines) == 3
