import pytest

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.functional.counts import Counts, count_videos
from mmaction_mespot.evaluation.functional.protocols import PROTOCOLS
from mmaction_mespot.reports.evaluate_input import FileOptions, read_input

MEGC = 'vid,pred_onset,pred_offset,type\n01_0101,1,40,mae\ns01_0101,101,106,me\ns02_0101,11,60,mae\n'
STR = 'subject,video,onset,offset,emotion\ns01,0101,101,106,negative\n'
OWN = 'clip,a,b,p\ns01_0101,1,40,0.9\ns01_0101,101,106,0.4\ns02_0101,11,60,0.3\n'


@pytest.mark.parametrize('kind', ['dump', 'csv', 'texts', 'megc', 'own'])
def test_the_same_detections_in_every_format(evaluation_files, tmp_path, kind):
    options = None
    if kind == 'megc':
        path = tmp_path / 'cas_pred.csv'
        path.write_text(MEGC)
    elif kind == 'own':
        path = tmp_path / 'own.csv'
        path.write_text(OWN)
        options = FileOptions('video=clip,start=a,end=b,score=p', first_frame=1, inclusive=True)
    else:
        path = evaluation_files[kind]
    given = read_input(path, [evaluation_files['annotations']], options=options)
    assert count_videos(given.final_videos)['overall'] == Counts(2, 1, 0)
    assert [len(video.detections) for video in given.videos] == [2, 1]
    assert given.scored == (kind != 'megc')
    assert (given.name, given.kept) == (path.stem, 'all detections')
    assert given.offset_rules == {'apex'}


def test_spot_then_recognise_submission(evaluation_files, tmp_path):
    (tmp_path / 'str.csv').write_text(STR)
    given = read_input(tmp_path / 'str.csv', [evaluation_files['annotations']])
    assert count_videos(given.videos)['ME'] == Counts(1, 0, 0)


def test_what_is_kept(evaluation_files, tmp_path):
    with_thresholds = evaluation_files['write_dump'](tmp_path / 'a.json', {'MaE': 0.5, 'ME': 0.5})
    given = read_input(with_thresholds)
    assert given.kept == 'scores of at least MaE 0.5, ME 0.5'
    assert count_videos(given.final_videos)['overall'] == Counts(1, 0, 1)
    given = read_input(with_thresholds, thresholds={'MaE': 0.5, 'ME': 0.4})
    assert count_videos(given.final_videos)['overall'] == Counts(2, 0, 0)
    given = read_input(with_thresholds, top_threshold=0.5)
    assert given.kept == 'the best 0.5 of the candidates of each video'
    assert [len(video.detections) for video in given.final_videos] == [1, 1]
    top = evaluation_files['write_dump'](tmp_path / 'b.json', None, 0.5)
    assert [len(video.detections) for video in read_input(top).final_videos] == [1, 1]


def test_labels_of_annotations_replace_those_of_a_dump(evaluation_files, tmp_path):
    longer = evaluation_files['write_annotations'](tmp_path / 'longer.json', end=90)
    assert count_videos(read_input(evaluation_files['dump']).videos)['MaE'].tp == 1
    assert count_videos(read_input(evaluation_files['dump'], [longer]).videos)['MaE'].tp == 0


@pytest.mark.parametrize('kind', ['dump', 'csv'])
def test_a_split(evaluation_files, kind):
    given = read_input(evaluation_files[kind], [evaluation_files['annotations']], split='test')
    assert [video.video_id for video in given.videos] == ['s01_0101']


LABELS = 'video,onset,apex,offset,type,subject\ns01_0101,1,20,0,MaE,s01\ns01_0101,101,,112,ME,s01\n'


def test_labels_of_a_table(evaluation_files, tmp_path):
    labels = tmp_path / 'labels.csv'
    labels.write_text(LABELS, encoding='utf-16')
    with pytest.raises(MESpotError, match='no frame rate, expected a column fps'):
        read_input(evaluation_files['csv'], [labels])
    options = FileOptions(label_fps=30, unlisted='empty', offset_rule='apex+20')
    given = read_input(evaluation_files['csv'], [labels], options=options)
    assert count_videos(given.videos)['overall'] == Counts(2, 1, 0)
    assert [(video.video_id, video.subject, video.total_frames) for video in given.videos] == [
        ('s01_0101', 's01', 0),
        ('s02_0101', 's02_0101', 0),
    ]
    assert not given.timed and given.offset_rules == {'apex+20'}
    assert (
        '1 videos that the annotations do not name (s02_0101): counted as videos without' in given.notes[-1]
    )
    assert 'labels of labels.csv: 1 events without offset: offset = apex + 20' in given.notes
    dropped = read_input(
        evaluation_files['csv'], [labels], options=FileOptions(label_fps=30, unlisted='drop')
    )
    assert [video.video_id for video in dropped.videos] == ['s01_0101']
    with pytest.raises(
        MESpotError, match=r"video 's02_0101' is not in the annotations.* \(or --unlisted empty"
    ):
        read_input(evaluation_files['csv'], [labels], options=FileOptions(label_fps=30))
    (tmp_path / 'code_final.xlsx').write_bytes(b'PK')
    with pytest.raises(MESpotError, match=r'code_final\.xlsx: a workbook, expected .* --labels-only'):
        read_input(evaluation_files['csv'], [tmp_path / 'code_final.xlsx'])
    with pytest.raises(FileNotFoundError, match=r'none\.csv: no such file of labels'):
        read_input(evaluation_files['csv'], [tmp_path / 'none.csv'])


def test_offset_rule(evaluation_files, tmp_path):
    given = read_input(evaluation_files['csv'], [evaluation_files['annotations']])
    assert given.offset_warning(PROTOCOLS['default']) is None
    assert "offset rule 'apex+20-all' for labels without offset" in given.offset_warning(PROTOCOLS['lgsnet'])
    other = evaluation_files['write_annotations'](tmp_path / 'other.json', offset_rule='apex+20-all')
    given = read_input(evaluation_files['csv'], [other])
    assert given.offset_warning(PROTOCOLS['lgsnet']) is None
    assert "were read with 'apex+20-all'" in given.offset_warning(PROTOCOLS['default'])
    assert read_input(evaluation_files['dump']).offset_warning(PROTOCOLS['lgsnet']) is None


def test_what_does_not_fit_is_named(evaluation_files, tmp_path):
    labels = [evaluation_files['annotations']]
    with pytest.raises(MESpotError, match=r'found\.csv: the detections hold no labels, annotations expected'):
        read_input(evaluation_files['csv'])
    with pytest.raises(FileNotFoundError, match=r'absent\.csv: no such file or folder'):
        read_input(tmp_path / 'absent.csv', labels)
    with pytest.raises(
        MESpotError, match=r"annotations\.json: split 'train' expected among \['test', 'val'\]"
    ):
        read_input(evaluation_files['csv'], labels, split='train')
    with pytest.raises(MESpotError, match="split 'test': annotations expected"):
        read_input(evaluation_files['dump'], split='test')
    hard = evaluation_files['write_annotations'](tmp_path / 'hard.json', part='hard')
    with pytest.raises(MESpotError, match=r"video s01_0101 of part None is not in .* parts \['hard'\]"):
        read_input(evaluation_files['dump'], [hard])
