from mmaction_mespot.evaluation.functional.ranking import rank_class
from mmaction_mespot.intervals.detections import MAE, ME


def test_hits_at_each_score(benchmark_videos):
    ranking = rank_class(benchmark_videos, MAE)
    assert ranking.scores.tolist() == [0.9, 0.8, 0.7, 0.6]
    assert ranking.detections.tolist() == [1, 2, 3, 4]
    assert ranking.tp.tolist() == [1, 1, 1, 2]
    assert ranking.ground_truths == 3
    assert rank_class(benchmark_videos, ME).tp.tolist() == [1, 1, 2]


def test_equal_scores_stand_together(make_video):
    videos = [make_video([(0, 10, 0)], [(0, 10, 0.5, 0), (50, 60, 0.5, 0), (70, 80, 0.2, 0)])]
    ranking = rank_class(videos, MAE)
    assert ranking.detections.tolist() == [2, 3]
    assert ranking.tp.tolist() == [1, 1]
    assert len(rank_class([], MAE).scores) == 0
