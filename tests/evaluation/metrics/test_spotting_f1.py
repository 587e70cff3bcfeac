import json
import pickle
from types import SimpleNamespace

import pytest
import torch
from mmaction.registry import METRICS
from mmaction.structures import ActionDataSample
from mmengine.evaluator import Evaluator
from mmengine.structures import InstanceData

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.functional.counts import count_videos
from mmaction_mespot.evaluation.functional.dump import load_dump
from mmaction_mespot.evaluation.metrics.spotting_f1 import SpottingF1Metric, render_table

# Two videos of 200 frames, windows of 128 frames.
TRUTH = {
    's01_0101': [(40, 70, 0), (100, 112, 1), (150, 180, 0)],
    's02_0101': [(30, 42, 1)],
}
FOUND = {
    ('s01_0101', 0): [(40, 70, 0.9, 0), (100, 112, 0.8, 1)],
    ('s01_0101', 72): [(100, 112, 0.7, 1), (150, 179, 0.6, 0)],
    ('s02_0101', 0): [(30, 42, 0.5, 1), (60, 90, 0.7, 0)],
    ('s02_0101', 72): [(160, 172, 0.3, 1)],
}


def sample(video_id, start, part=None, score_thresholds=None, found=None):
    rows = torch.tensor(FOUND[video_id, start] if found is None else found, dtype=torch.float32).reshape(
        -1, 4
    )
    truth = torch.tensor(TRUTH[video_id], dtype=torch.float32)
    data = ActionDataSample(
        metainfo=dict(
            video_id=video_id,
            subject=video_id[:3],
            part=part,
            fps=30.0,
            total_frames=200,
            window_start=start,
            frame_interval=1.0,
            clip_len=128,
            video_segments=truth[:, :2].numpy(),
            video_labels=truth[:, 2].long().numpy(),
            score_thresholds=score_thresholds,
        )
    )
    data.gt_instances = InstanceData(segments=truth[:, :2], labels=truth[:, 2].long())
    data.pred_instances = InstanceData(segments=rows[:, :2], scores=rows[:, 2], labels=rows[:, 3].long())
    return data


def samples(**options):
    return [sample(*key, **options) for key in FOUND]


def evaluate(data_samples, **settings):
    evaluator = Evaluator([METRICS.build({'type': 'SpottingF1Metric', **settings})])
    for data_sample in data_samples:
        evaluator.process([data_sample])
    return evaluator.evaluate(len(data_samples))


LOW = {'MaE': 0.1, 'ME': 0.1}


def test_figures_computed_by_hand():
    figures = evaluate(samples(), thresholds=LOW)
    # The ME that both windows see is one detection. MaE: 2 hits, one false alarm in the other video. ME: 2
    # hits, one false alarm at .3.
    expected = {
        'F1': 2 * 4 / (6 + 4), 'P': 4 / 6, 'R': 1.0, 'TP': 4, 'FP': 2, 'FN': 0,
        'F1_MaE': 0.8, 'P_MaE': 2 / 3, 'R_MaE': 1.0, 'TP_MaE': 2, 'FP_MaE': 1, 'FN_MaE': 0,
        'F1_ME': 0.8, 'P_ME': 2 / 3, 'R_ME': 1.0, 'TP_ME': 2, 'FP_ME': 1, 'FN_ME': 0,
        'F1_agnostic': 0.8, 'AP_MaE': (1 + 2 / 3) / 2, 'AP_ME': 1.0,
        # The best cuts: all MaEs (2 of 3), and both MEs without the false alarm.
        'oracle_F1': 2 * 4 / (5 + 4), 'oracle_F1_MaE': 0.8, 'oracle_F1_ME': 1.0,
        'threshold_MaE': 0.1, 'threshold_ME': 0.1,
        # Two videos of 200 frames last 0.22 min: one false detection is too many at 1 per minute.
        'FP_per_minute': 9.0, 'FP_per_minute_MaE': 4.5, 'FP_per_minute_ME': 4.5,
        'R_at_1_FP_per_minute': 0.5, 'R_at_1_FP_per_minute_MaE': 0.5, 'R_at_1_FP_per_minute_ME': 1.0,
        'R_at_0.2_FP_per_minute': 0.5, 'R_at_0.2_FP_per_minute_MaE': 0.5, 'R_at_0.2_FP_per_minute_ME': 1.0,
    }  # fmt: skip
    assert figures == {f'spotting/{key}': pytest.approx(value) for key, value in expected.items()}


def test_repeated_windows_count_once_and_order_does_not_matter():
    padded = [*samples(), *samples()[:1]]
    assert evaluate(padded[::-1], thresholds=LOW) == evaluate(samples(), thresholds=LOW)


def test_what_is_collected_from_other_ranks_can_be_pickled():
    metric = SpottingF1Metric(thresholds=LOW)
    metric.process(None, [data.to_dict() for data in samples()])
    figures = metric.compute_metrics(pickle.loads(pickle.dumps(metric.results)))
    assert figures['F1'] == pytest.approx(0.8)
    assert set(vars(metric)) == set(vars(SpottingF1Metric()))


def test_precedence_of_the_thresholds():
    brought = samples(score_thresholds=[0.65, 0.75])

    def chosen(data_samples, **settings):
        figures = evaluate(data_samples, **settings)
        return figures.get('spotting/threshold_MaE'), figures.get('spotting/threshold_ME')

    tuned = (pytest.approx(0.6), pytest.approx(0.4))
    assert chosen(brought, thresholds=LOW, tune_thresholds=True) == (0.1, 0.1)
    # In the second validation of a training the model brings those of the first: they must not stick.
    assert chosen(brought, tune_thresholds=True) == tuned
    assert chosen(brought) == (0.65, 0.75)
    assert chosen(samples()) == (None, None)
    assert evaluate(brought)['spotting/TP'] == 2
    # Default 0.5 for both.
    assert evaluate(samples())['spotting/TP'] == 4
    assert evaluate(samples())['spotting/FP'] == 1


def test_the_source_of_the_thresholds_is_printed(monkeypatch):
    lines = []
    logger = SimpleNamespace(info=lines.append, warning=lines.append)
    stub = SimpleNamespace(get_current_instance=lambda: logger)
    monkeypatch.setattr('mmaction_mespot.evaluation.metrics.spotting_f1.MMLogger', stub)
    evaluate(samples(), tune_thresholds=True)
    assert '(tuned on these videos)' in lines[-1]
    assert 'oracle F1: with thresholds tuned on the evaluated videos themselves' in lines[-1]
    evaluate(samples(), thresholds=LOW)
    assert 'MaE 0.1000, ME 0.1000 (given)' in lines[-1]
    evaluate(samples(score_thresholds=[0.5, 0.5]))
    assert '(model, chosen in training)' in lines[-1]
    evaluate(samples())
    assert '0.5 is taken for both classes' in lines[-2]
    assert '(default)' in lines[-1]


def test_top_threshold_keeps_a_fraction_of_each_video():
    figures = evaluate(samples(), top_threshold=0.5)
    # The best two of each video's three.
    assert (figures['spotting/TP'], figures['spotting/FP'], figures['spotting/FN']) == (3, 1, 1)
    assert 'spotting/threshold_MaE' not in figures


def test_several_parts():
    data = [sample(*key, part='normal' if key[0] == 's01_0101' else 'hard') for key in FOUND]
    # The same video name in another part is another video.
    data += [sample('s01_0101', 0, part='hard', found=[])]
    figures = evaluate(data, thresholds=LOW)
    assert (figures['spotting/TP'], figures['spotting/FP'], figures['spotting/FN']) == (4, 2, 3)
    assert (figures['spotting/normal/TP'], figures['spotting/normal/FN']) == (3, 0)
    assert (figures['spotting/hard/TP'], figures['spotting/hard/FP'], figures['spotting/hard/FN']) == (
        1,
        2,
        3,
    )
    assert figures['spotting/hard/F1_ME'] == pytest.approx(2 / (2 + 1 + 1))
    assert 'spotting/hard/threshold_MaE' not in figures


def test_post_processing_reaches_the_merging():
    figures = evaluate(samples(), thresholds=LOW, post_processing={'max_length_s': (0.9, 0.6)})
    assert figures['spotting/TP_MaE'] == 0
    assert figures['spotting/TP_ME'] == 2


def test_stricter_iou():
    assert evaluate(samples(), thresholds=LOW, iou_threshold=0.99)['spotting/TP_MaE'] == 1


def test_the_dump_counts_the_same(tmp_path):
    path = tmp_path / 'dump.json'
    figures = evaluate(samples(part='shift'), tune_thresholds=True, dump_path=str(path))
    dump = load_dump(path)
    assert dump.metainfo['threshold_source'] == 'tuned on these videos'
    assert dump.metainfo['post_processing']['cross_class_ioa'] == 0.4
    assert sum(len(video.detections) for video in dump.videos) == 6
    assert count_videos(dump.final_videos())['overall'].f1 == figures['spotting/F1']
    assert json.loads(path.read_text(encoding='utf-8'))['videos'][0]['part'] == 'shift'


def test_proposals_of_the_toolbox_take_their_meta_from_the_batch():
    metric = METRICS.build({'type': 'SpottingF1Metric', 'thresholds': LOW})
    inputs = sample('s02_0101', 0)
    # 30 frames per second: [1.0, 1.4) s are frames [30, 42).
    output = {'video_name': 'v_s02', 'proposal_list': [{'score': 0.9, 'segment': [1.0, 1.4]}]}
    metric.process({'inputs': [None], 'data_samples': [inputs]}, [output])
    figures = metric.evaluate(1)
    assert (figures['spotting/TP_ME'], figures['spotting/FP'], figures['spotting/FN']) == (1, 0, 0)
    with pytest.raises(MESpotError, match='gave 1 outputs for 2 windows'):
        metric.process({'data_samples': [inputs, inputs]}, [output])
    with pytest.raises(MESpotError, match='video v_s02 lacks the meta keys'):
        metric.process(None, [output])


def test_no_window_at_all():
    with pytest.raises(MESpotError, match='no window to evaluate'):
        SpottingF1Metric().evaluate(0)


@pytest.mark.parametrize(
    ('settings', 'message'),
    [
        (
            {'post_processing': {'nms_iuo': 0.5}},
            r"SpottingF1Metric: post_processing: unknown keys \['nms_iuo'\]",
        ),
        ({'iou_threshold': 0}, 'iou_threshold must lie'),
        ({'thresholds': {'MaE': 0.5}}, r"thresholds needs a score for each of \('MaE', 'ME'\), found"),
        ({'top_threshold': 2}, 'top_threshold must lie'),
        ({'top_threshold': 0.5, 'tune_thresholds': True}, 'top_threshold replaces'),
    ],
)
def test_bad_settings(settings, message):
    with pytest.raises(MESpotError, match=message):
        SpottingF1Metric(**settings)


def test_thresholds_for_a_rate_of_false_detections():
    figures = evaluate(samples(), tune_thresholds=True, false_per_minute=1)
    # 0.22 minutes leave room for none: MaE from .9 on, both MEs.
    assert (figures['spotting/TP'], figures['spotting/FP']) == (3, 0)
    assert figures['spotting/threshold_MaE'] == pytest.approx(0.9)
    with pytest.raises(MESpotError, match='false_per_minute must be a number of at least 0 and goes with'):
        METRICS.build({'type': 'SpottingF1Metric', 'false_per_minute': 1.0})


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
