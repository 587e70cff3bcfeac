"""The tables and the command line; the numbers of the counting itself are tested in tests/evaluation."""

import csv
import json
import runpy
import sys
from pathlib import Path

import pytest

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.functional.dump import Dump, load_dump, save_dump
from mmaction_mespot.evaluation.functional.protocols import DEFAULT, PROTOCOLS
from mmaction_mespot.reports.evaluate import (
    PROTOCOL_OPTIONS,
    build_tables,
    choose_protocol,
    describe_protocol,
    parse_half_lengths,
    parse_sweep,
    parse_thresholds,
    write_tables,
)
from mmaction_mespot.reports.evaluate_input import read_input
from mmaction_mespot.reports.tables import EvaluationTable

ROOT = Path(__file__).parents[2]


@pytest.fixture
def given(evaluation_files):
    return read_input(evaluation_files['dump'])


@pytest.fixture
def run(monkeypatch):
    def run_tool(*arguments):
        monkeypatch.setattr(sys, 'argv', ['evaluate.py', *map(str, arguments)])
        with pytest.raises(SystemExit) as exit_info:
            runpy.run_path(str(ROOT / 'tools' / 'evaluate.py'), run_name='__main__')
        return exit_info.value.code

    return run_tool


def test_counts_and_average_precision(given):
    table, _ = build_tables(given, DEFAULT)
    rows = {record['class']: record for record in table.records()}
    assert [rows['MaE'][key] for key in ('TP', 'FP', 'FN', 'P', 'R')] == [1, 1, 0, 0.5, 1]
    assert rows['overall']['F1'] == 2 * 2 / (3 + 2)
    # The ME detection has IoU 0.5: it counts at 0.3, 0.4 and 0.5 of five thresholds.
    assert rows['ME']['AP@0.5'] == 1
    assert rows['ME']['mAP@0.3:0.7'] == pytest.approx(0.6)
    assert rows['overall']['mAP@0.3:0.7'] == pytest.approx(0.8)


def test_without_scores_there_is_no_average_precision(evaluation_files):
    path = evaluation_files['csv']
    path.write_text('video,start,end\ns01_0101,0,40\n')
    table, rates = build_tables(read_input(path, [evaluation_files['annotations']]), DEFAULT)
    assert {record['AP'] for record in rates.records()} == {None}
    assert {record['AP@0.5'] for record in table.records()} == {None}


def test_all_protocols(given):
    (table,) = build_tables(given, None)
    assert [row[0] for row in table.rows] == list(PROTOCOLS)
    records = {record['protocol']: record for record in table.records()}
    assert records['default']['FP'] == 1
    assert records['softnet']['FP'] == 0
    assert records['auwgcn']['ME TP / FP / FN'] == '0 / 1 / 1'
    with pytest.raises(MESpotError, match='one row a preset'):
        build_tables(given, None, explain=True)


def test_sweeps_have_the_shape_of_the_paper(given):
    _, _, iou, top = build_tables(given, DEFAULT, ['iou=0.6,0.5', 'top_threshold=0.30:0.60:0.05'])
    assert iou.header[:4] == ['T_eval', 'MaE P', 'MaE R', 'MaE F1']
    assert [row[0] for row in iou.rows] == ['0.60', '0.50']
    assert [row[6] for row in iou.rows] == [0, 1]  # ME F1
    assert list(top.header[:4]) == ['Top_threshold', 'MaE', 'ME', 'All']
    # Two videos of 200 frames at 30 fps; the false MaE of the second one is the second-best of both classes.
    assert {tuple(table.header[-4:]) for table in (iou, top)} == {('FP/min', 'AP', 'R@1/min', 'R@0.2/min')}
    assert [row[0] for row in top.rows] == ['0.30', '0.35', '0.40', '0.45', '0.50', '0.55', '0.60']
    # Half of two candidates is one; a little more is two.
    assert [row[2] for row in top.rows] == [0, 0, 0, 0, 0, 1, 1]


def test_subjects_and_explanation(given):
    _, _, subjects, explanation = build_tables(given, DEFAULT, subjects=True, explain=True)
    f1 = subjects.header.index('F1')
    assert [(row[0], row[1], row[f1]) for row in subjects.rows] == [('s01', 1, 1.0), ('s02', 1, 0.0)]
    assert [row[-3] for row in subjects.rows] == [1.0, 0.0]
    assert len(explanation.rows) == 5
    assert explanation.sections == {3}
    assert explanation.rows[-1][-1] == 'false: overlaps no label'


def test_comparison(evaluation_files, tmp_path, given):
    other = read_input(evaluation_files['write_dump'](tmp_path / 'b.json', {'MaE': 0.5, 'ME': 0.5}))
    (table,) = build_tables(given, DEFAULT, other=other, samples=500)
    rows = {record['class']: record for record in table.records()}
    assert (rows['MaE']['A F1'], rows['MaE']['B F1']) == (2 / 3, 1)
    assert rows['MaE']['A - B'] == pytest.approx(-1 / 3)
    # Draws of two people: twice s01 gives 0, twice s02 leaves nothing to find.
    assert rows['MaE']['2.5 %'] <= rows['MaE']['A - B'] <= rows['MaE']['97.5 %'] == 0


def test_parsing():
    assert parse_sweep('iou=0.5,0.4') == ('iou', [0.5, 0.4])
    assert parse_sweep('top_threshold=0.3:0.5:0.1') == ('top_threshold', [0.3, 0.4, 0.5])
    for wrong in ('iou', 'iou=', 'iou=a', 'iou=0,0.5', 'score=0.5', 'iou=0.3:0.5:0', 'iou=0.3:0.5'):
        with pytest.raises(MESpotError, match=f'sweep: found {wrong!r}, expected iou or top_threshold'):
            parse_sweep(wrong)
    assert parse_thresholds('ME=0.4,MaE=0.5') == {'MaE': 0.5, 'ME': 0.4}
    assert parse_thresholds('0.3') == {'MaE': 0.3, 'ME': 0.3}
    for wrong in ('MaE=0.5', 'a', 'MaE=0.5,ME=b'):
        with pytest.raises(MESpotError, match=f'thresholds: found {wrong!r}'):
            parse_thresholds(wrong)


def test_half_lengths():
    assert parse_half_lengths('6') == 6
    assert parse_half_lengths('ME=6, MaE=18') == {'ME': 6, 'MaE': 18}
    for wrong in ('', '0', 'ME', 'ME=6,18', 'ME=a', 'x=3', '6,18', '-1'):
        with pytest.raises(MESpotError, match=f'half length: found {wrong!r}'):
            parse_half_lengths(wrong)


def test_pictures(evaluation_files, tmp_path, run, capsys):
    assert run(evaluation_files['dump'], '--pictures', tmp_path / 'p', '--samples', 20) == 0
    assert sorted(path.name for path in (tmp_path / 'p').iterdir()) == [
        'precision_recall.png',
        'reliability.png',
    ]
    megc = tmp_path / 'a.csv'
    megc.write_text('vid,onset,offset,type\ns01_0101,1,40,mae\n')
    arguments = [megc, '--annotations', evaluation_files['annotations'], '--pictures', tmp_path / 'q']
    assert run(*arguments) == 2
    assert 'all scores are equal, so that there is no curve to draw' in capsys.readouterr().err


def test_files(tmp_path):
    tables = [
        EvaluationTable('one', 'One', ('a', 'b'), [['x', 0.12345], ['y', None]]),
        EvaluationTable('two', 'Two', ('c',), [[3]]),
    ]
    assert write_tables(tables, tmp_path / 'out' / 't.md', {}) == [tmp_path / 'out' / 't.md']
    assert '| x | 0.1235 |\n| y | - |' in (tmp_path / 'out' / 't.md').read_text()
    write_tables(tables, tmp_path / 't.json', {'kept': 'all'})
    data = json.loads((tmp_path / 't.json').read_text())
    assert data['kept'] == 'all'
    assert data['tables']['one'] == [{'a': 'x', 'b': 0.12345}, {'a': 'y', 'b': None}]
    assert [p.name for p in write_tables(tables, tmp_path / 't.csv', {})] == ['t.csv', 't_two.csv']
    assert list(csv.reader((tmp_path / 't.csv').open())) == [['a', 'b'], ['x', '0.12345'], ['y', '']]
    with pytest.raises(MESpotError, match=r't\.xls: one of the endings \.csv, \.json, \.md expected'):
        write_tables(tables, tmp_path / 't.xls', {})


def test_protocols_are_valid_json():
    text = json.dumps([describe_protocol(protocol) for protocol in PROTOCOLS.values()], allow_nan=False)
    assert json.loads(text)[1]['length_limits'][0]['max_frames'] == [None, 16]


def test_the_tool(evaluation_files, tmp_path, run, capsys):
    out, megc, names = (
        tmp_path / 'r.json',
        tmp_path / 'megc.csv',
        ['--annotations', evaluation_files['annotations']],
    )
    code = run(evaluation_files['csv'], *names, '--protocol', 'lgsnet', '--out', out, '--export-megc', megc)
    printed = capsys.readouterr()
    assert code == 0
    assert "warning: protocol lgsnet goes with the offset rule 'apex+20-all'" in printed.err
    assert 'overall_agnostic' in printed.out and f'{megc}: 3 rows' in printed.out
    data = json.loads(out.read_text())
    assert (data['protocol']['top_k'], data['videos'], data['tables']['counts'][2]['TP']) == (14, 2, 2)
    # What was exported counts the same.
    assert run(megc, *names, '--protocol', 'lgsnet', '--out', out) == 0
    assert json.loads(out.read_text())['tables']['counts'][2]['TP'] == 2
    strs = tmp_path / 'str.csv'
    assert run(evaluation_files['dump'], '--export-str', strs, '--emotion', 'surprise') == 0
    assert strs.read_text() == 'subject,video,onset,offset,emotion\ns01,s01_0101,101,106,surprise\n'
    assert run('--compare', evaluation_files['dump'], evaluation_files['dump'], '--samples', 100) == 0
    capsys.readouterr()


def test_several_dumps_are_pooled_each_with_its_own_thresholds(evaluation_files, tmp_path, run, capsys):
    dump = load_dump(evaluation_files['dump'])
    paths = []
    # MaE 0.9 of the first is kept, ME 0.4 not; MaE 0.3 of the second, which has no labels, is kept.
    for video, thresholds in zip(
        dump.videos, ({'MaE': 0.8, 'ME': 0.8}, {'MaE': 0.1, 'ME': 0.1}), strict=True
    ):
        paths.append(tmp_path / f'{video.subject}.json')
        save_dump(Dump({**dump.metainfo, 'thresholds': thresholds}, [video]), paths[-1])
    out = tmp_path / 'r.json'
    assert run(*paths, '--out', out) == 0
    assert 'each by its own thresholds' in capsys.readouterr().out
    overall = json.loads(out.read_text())['tables']['counts'][2]
    assert (overall['TP'], overall['FP'], overall['FN']) == (1, 1, 1)
    assert run(*paths, '--threshold', '0.35', '--out', out) == 0
    assert 'scores of at least MaE 0.35, ME 0.35' in capsys.readouterr().out
    assert json.loads(out.read_text())['tables']['counts'][2]['TP'] == 2
    assert run(paths[0], paths[1], paths[0]) == 2
    assert f'video s01_0101 of part None is both in {paths[0]} and in {paths[0]}' in capsys.readouterr().err


def test_a_class_for_each_folder_and_paths_outside(evaluation_files, tmp_path, run, capsys):
    names = ['--annotations', evaluation_files['annotations']]
    for folder, row in (('mae', '0 40 0.9'), ('me', '100 106 0.4')):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / 's01_0101.txt').write_text(f'{row}\n')
    out = tmp_path / 'r.json'
    assert (
        run('--label', 'MaE', tmp_path / 'mae', '--label', 'me', tmp_path / 'me', *names, '--out', out) == 0
    )
    assert json.loads(out.read_text())['tables']['counts'][2]['TP'] == 2
    assert 'note: frames of the detections counted from 0' in capsys.readouterr().out
    table = tmp_path / 'a.tsv'
    table.write_text('x/s01_0101\t0\t40\nx/s01_0101\t-3\t5\nx/s01_0101\t100\t106\n')
    assert run(table, *names, '--video-name', 'last') == 2
    assert 'a.tsv, row 2: 2 -3, 3 5, expected frames 0 to' in capsys.readouterr().err
    assert run(table, *names, '--video-name', 'last', '--outside', 'clip', '--out', out) == 0
    printed = capsys.readouterr().out
    assert 'note: 1 detections reach outside their video: cut to the video' in printed
    assert 'note: 3 detections without a class: ME up to 0.5 s, else MaE' in printed
    assert json.loads(out.read_text())['tables']['counts'][2]['TP'] == 2
    assert run('--label', 'smile', tmp_path / 'me', *names) == 2
    assert "class 'smile', expected one of MaE, ME" in capsys.readouterr().err
    assert run(evaluation_files['dump'], '--label', 'ME', tmp_path / 'me', *names) == 2
    assert '--label is for tables of detections' in capsys.readouterr().err


def test_errors_of_the_tool_are_one_line(evaluation_files, run, capsys):
    assert run() == 2
    assert capsys.readouterr().err == 'error: give either detections or --compare A B\n'
    assert run(evaluation_files['csv']) == 2
    assert 'found.csv: the detections hold no labels' in capsys.readouterr().err


def test_the_page_on_protocols_shows_what_the_tool_says(tmp_path, run, capsys):
    example = ROOT / 'docs' / 'examples' / 'protocols'
    files = [example / 'detections.csv', '--annotations', example / 'annotations.json']
    assert run(*files, '--protocol', 'all', '--out', tmp_path / 't.md') == 0
    capsys.readouterr()
    table = (tmp_path / 't.md').read_text().split('\n\n', 1)[1].strip()
    assert table in (ROOT / 'docs' / 'protocols.md').read_text()


def test_options_on_top_of_a_preset(evaluation_files, run, capsys):
    nothing = dict.fromkeys(PROTOCOL_OPTIONS)
    assert choose_protocol('megc2020', nothing) == PROTOCOLS['megc2020']
    assert choose_protocol('all', nothing) is None
    changed = choose_protocol('default', {**nothing, 'top_k': 3, 'length_limits': '30:MaE=17-,ME=7-16'})
    assert (changed.name, changed.top_k, changed.matching) == ('default, changed', 3, 'one_to_one')
    assert changed.length_limits == PROTOCOLS['megc2020'].length_limits[:1]
    assert choose_protocol('lgsnet', {'top_k': 0}).top_k is None
    for wrong in ({'length_limits': '30:ME=7'}, {'iou_threshold': 2.0}, {'top_k': -1}):
        with pytest.raises(MESpotError, match=r'length limits: found|iou_threshold must|top_k must'):
            choose_protocol('default', wrong)
    with pytest.raises(MESpotError, match='choose one for strict'):
        choose_protocol('all', {'strict': True})
    assert run(evaluation_files['dump'], '--matching', 'per_label', '--strict', '--no-same-class') == 0
    printed = capsys.readouterr().out
    assert (
        'protocol default, changed: matching per_label, class rule own, same class no, IoU > 0.5, '
        'ends inclusive, videos all, lengths all, top k all, boundaries as they are, '
        'thresholds score at least, offset 0 apex'
    ) in printed


def test_scores_strictly_above(evaluation_files, tmp_path):
    dump = evaluation_files['write_dump'](tmp_path / 'a.json', {'MaE': 0.9, 'ME': 0.4})
    given = read_input(dump)
    assert build_tables(given, DEFAULT)[0].rows[2][1] == 2
    table, _ = build_tables(given, PROTOCOLS['lgsnet'])
    assert table.rows[2][1] == 0 and 'scores above MaE 0.9, ME 0.4' in table.title


def test_thresholds_for_a_rate_digits_and_frames_as_counted(evaluation_files, tmp_path, run, capsys):
    out = tmp_path / 'r.json'
    dump = evaluation_files['dump']
    assert run(dump, '--false-per-minute', 0, '--digits', 5, '--out', out) == 0
    printed = capsys.readouterr().out
    assert 'chosen on these videos: MaE 0.9, ME 0.4' in printed and '1.00000' in printed
    rates = json.loads(out.read_text())['tables']['rates']
    assert [row['FP/min'] for row in rates] == [0, 0, 0]
    assert rates[2]['R@0.2/min'] == rates[2]['F1'] == 1
    assert run(dump, '--false-per-minute', -1) == 2
    assert 'expected a number of at least 0' in capsys.readouterr().err
    megc = tmp_path / 'a.csv'
    megc.write_text('vid,onset,offset,type\ns01_0101,1,40,mae\n')
    labels = ['--annotations', evaluation_files['annotations']]
    assert run(megc, *labels, '--explain', '--out', out) == 0
    found = json.loads(out.read_text())['tables']['explanation']
    assert [(row['start'], row['end']) for row in found if row['event'] == 'detection 1'] == [('1', '40')]
    assert 'frames from 1, end is the last frame' in capsys.readouterr().out
    assert run(megc, *labels, '--false-per-minute', 1) == 2
    assert 'all scores are equal' in capsys.readouterr().err
    other = evaluation_files['write_dump'](tmp_path / 'b.json', {'MaE': 0.5, 'ME': 0.5})
    assert run('--compare', megc, other, *labels, '--samples', 50) == 0
    assert 'was thresholded' not in capsys.readouterr().err  # a file without scores holds what was chosen
    for one, kept in ((other, 'scores of at least MaE 0.5, ME 0.5'), (megc, 'what its file without scores')):
        assert run('--compare', evaluation_files['csv'], one, *labels, '--samples', 50) == 0
        assert f'warning: A keeps all detections, B keeps {kept}' in capsys.readouterr().err


def test_frame_scores(evaluation_files, tmp_path, run, capsys):
    scores = ['1' if 10 <= i < 30 else '0' for i in range(200)]
    (tmp_path / 'curves').mkdir()
    (tmp_path / 'curves' / 's01_0101.csv').write_text('\n'.join(scores))
    arguments = ['--label', 'MaE', tmp_path / 'curves', '--annotations', evaluation_files['annotations']]
    out = tmp_path / 'r.json'
    assert run(*arguments, '--frame-scores', 'softnet', '--half-length', 10, '--out', out) == 0
    assert json.loads(out.read_text())['tables']['counts'][0]['TP'] == 1
    assert run(*arguments, '--layout', 'softnet', '--half-length', 'MaE=10,ME=4', '--out', out) == 0
    assert json.loads(out.read_text())['tables']['counts'][0]['TP'] == 1
    assert run(*arguments, '--layout', 'softnet', '--half-length', 'ME=4') == 2
    assert 'half lengths of ME, expected the class of these scores among them' in capsys.readouterr().err
    assert run(*arguments, '--half-length', 10) == 2
    assert '--frame-scores METHOD and --half-length FRAMES go together' in capsys.readouterr().err
