"""``sample.json`` and ``sample.csv``: which stretches of a study to review next."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from mmaction_mespot.atomic_file import write_json
from mmaction_mespot.delimited_text import write_table
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.exports.read_result import read_result
from mmaction_mespot.strict_json import read_json
from mmaction_mespot.study.corrections import FOLDER, read_corrections
from mmaction_mespot.study.estimates import estimate_study
from mmaction_mespot.study.reviewed import RESULT, Events
from mmaction_mespot.study.stretches import RANDOM_SHARE, STRETCH_S, Stretch, StudyVideo, choose, study_video

SAMPLE = 'sample.json'
_FORMAT = 'mmaction_mespot.sample'
_COLUMNS = ('video', 'why', 'first_s', 'last_s', 'first', 'last')


def sample_study(
    root: Path,
    minutes: float,
    coder: str | None = None,
    stretch_s: float = STRETCH_S,
    random_share: float = RANDOM_SHARE,
    seed: int = 0,
) -> list[Stretch]:
    """Choose what to review next and write it beside the study's tables.

    Args:
        root: Folder of results.
        minutes: How much to choose.
        coder: Whose reviewed stretches are left out. Defaults to None: nobody's.
        stretch_s: Length of a stretch in seconds.
        random_share: Share of the minutes that is drawn at random.
        seed: Seed of the draw.

    Raises:
        MESpotError: If an option is out of its range, or there are no results.
    """
    if not 0 < minutes < float('inf'):
        raise MESpotError(f'minutes: found {minutes}, expected a positive number')
    if not 1 <= stretch_s < float('inf'):
        raise MESpotError(f'stretch: found {stretch_s} s, expected 1 or more')
    if not 0 <= random_share <= 1:
        raise MESpotError(f'random share: found {random_share}, expected 0 to 1')
    chosen = choose(study_videos(root, coder), minutes, stretch_s, random_share, seed)
    rows = [{name: getattr(one, name) for name in _COLUMNS} for one in chosen]
    write_table(pd.DataFrame(rows, columns=list(_COLUMNS)).round(3), root / 'sample.csv')
    settings = {'format': _FORMAT, 'version': 1, 'stretch_s': stretch_s, 'seed': seed}
    write_json({**settings, 'stretches': rows}, root / SAMPLE)
    return chosen


def estimate_sample(root: Path, coder: str) -> pd.DataFrame:
    """Precision and recall of the study by the random stretches that a coder reviewed.

    Args:
        root: Folder of results with a ``sample.json``.
        coder: Whose corrections.

    Returns:
        As of :func:`~mmaction_mespot.study.estimates.estimate_study`.

    Raises:
        MESpotError: If there is no sample, or too little of it was reviewed.
    """
    path = root / SAMPLE
    if not path.is_file():
        raise MESpotError(f'{path}: no such file, expected the choice of tools/sample.py --minutes')
    told = read_json(path)
    try:
        if told['format'] != _FORMAT:
            raise ValueError(f'format {told["format"]!r}')
        stretch_s, seed = float(told['stretch_s']), int(told['seed'])
    except (KeyError, TypeError, ValueError) as error:
        raise MESpotError(f'{path}: expected the choice of tools/sample.py ({error!r})') from error
    truth = {
        folder.relative_to(root).as_posix(): Events.of_rows(
            [row for row in corrections['rows'] if row['state'] != 'rejected']
        )
        for folder, corrections in _corrections(root, coder)
    }
    return estimate_study(study_videos(root, coder), truth, stretch_s, seed)


def study_videos(root: Path, coder: str | None) -> list[StudyVideo]:
    """The videos of a folder of results, with what a coder has reviewed of them.

    Raises:
        MESpotError: If there is none, or a file is broken.
    """
    reviewed: dict[Path, Sequence[tuple[int, int]]] = {}
    if coder is not None:
        for folder, corrections in _corrections(root, coder):
            reviewed[folder] = [(first, last) for first, last in corrections['reviewed']]
    videos = []
    for path in sorted(root.rglob(RESULT)):
        name = path.parent.relative_to(root).as_posix()
        try:
            videos.append(study_video(name, read_json(path), reviewed.get(path.parent, ())))
        except (KeyError, TypeError, ValueError) as error:
            raise MESpotError(f'{path}: no result of tools/spot.py ({error!r})') from error
    if not videos:
        raise MESpotError(f'{root}: no results, expected those of tools/spot.py')
    return videos


def _corrections(root: Path, coder: str) -> list[tuple[Path, dict[str, Any]]]:
    """Folder and content of each file of a coder.

    Raises:
        MESpotError: If a file is broken.
    """
    found = []
    for path in sorted(root.rglob(f'{FOLDER}/{coder}.json')):
        folder = path.parent.parent
        total = read_result(folder / RESULT)['video']['total_frames']
        found.append((folder, read_corrections(path, total)))
    return found
