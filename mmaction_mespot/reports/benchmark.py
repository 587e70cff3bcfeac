"""The benchmark of the synthetic set: networks over seeds beside the flow spotter, by the same protocol."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mmaction_mespot.apis.steps import DATA_VARIABLE, TEST_LINES, TRAIN_LINES, Step, run_steps
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.functional.dump import Dump, load_dump

FLOW_METHOD = 'optical_flow'
SPOTTERS = (FLOW_METHOD, 'mdmd')
DUMP_FILE = 'dump.json'
STATE_FILE = 'steps.json'

Runs = dict[str, list[Dump]]


def network_steps(
    root: Path, config: Path, seed: int, folder: Path, cfg_options: Sequence[str]
) -> list[Step]:
    """Training and test of one network with one seed.

    Args:
        root: Folder of the repository.
        config: The config.
        seed: Seed of the run.
        folder: Work folder of this run.
        cfg_options: Settings ``key=value`` that override the config.

    Returns:
        The two steps.
    """
    dump, final, config_path = folder / DUMP_FILE, folder / 'final.pth', str(config.resolve())
    common = ('--cfg-options', *cfg_options) if cfg_options else ()
    train = (str(root / 'tools' / 'train.py'), config_path, '--work-dir', str(folder), '--seed', str(seed))
    test = (str(root / 'tools' / 'test.py'), config_path, str(final), '--work-dir', str(folder / 'test'))
    return [
        Step(
            f'train {config.stem}, seed {seed}',
            (*train, *common),
            final,
            resume=('--resume',),
            shown=TRAIN_LINES,
        ),
        Step(
            f'test {config.stem}, seed {seed}',
            (*test, '--cfg-options', *cfg_options, f'test_evaluator.dump_path={dump}'),
            dump,
            shown=TEST_LINES,
        ),
    ]


def spotter_steps(root: Path, config: Path, folder: Path) -> list[Step]:
    """Test of a spotter that needs no training and has no seed; the validation chooses its thresholds.

    Args:
        root: Folder of the repository.
        config: Its config.
        folder: Work folder of this run.

    Returns:
        The one step.
    """
    dump = folder / DUMP_FILE
    test = (str(root / 'tools' / 'test.py'), str(config), '--work-dir', str(folder / 'test'))
    command = (*test, '--cfg-options', f'test_evaluator.dump_path={dump}')
    return [Step(f'test {config.stem}', command, dump, shown=TEST_LINES)]


def run_benchmark(
    root: Path,
    configs: Sequence[Path],
    seeds: Sequence[int],
    data: Path,
    work_dir: Path,
    cfg_options: Sequence[str] = (),
) -> None:
    """Run the flow spotters and each config with each seed; finished runs are skipped, broken ones go on.

    Args:
        root: Folder of the repository.
        configs: Configs of the networks.
        seeds: Seeds of each.
        data: Prepared parts.
        work_dir: Gets one folder a method and seed.
        cfg_options: Settings ``key=value`` that override the configs.

    Raises:
        MESpotError: If a step fails or there is no prepared part.
    """
    prepared_parts(data)
    environment = {DATA_VARIABLE: str(data)}
    for name in SPOTTERS:
        folder = work_dir / name / 'seed0'
        config = root / 'configs' / 'spotters' / f'{name}.py'
        run_steps(spotter_steps(root, config, folder), folder / STATE_FILE, environment)
    for seed in seeds:
        for config in configs:
            folder = work_dir / config.stem / f'seed{seed}'
            steps = network_steps(root, config, seed, folder, cfg_options)
            run_steps(steps, folder / STATE_FILE, environment)


def prepared_parts(data: Path) -> list[Path]:
    """Folders of the prepared parts of a benchmark, sorted.

    Raises:
        MESpotError: If there is none.
    """
    parts = sorted(path.parent for path in data.glob('*/annotations.json'))
    if not parts:
        raise MESpotError(f'{data}: expected prepared parts, no folder in it holds an annotations.json')
    return parts


def load_runs(work_dir: Path) -> Runs:
    """Read the finished runs.

    Args:
        work_dir: As `run_benchmark` fills it: ``<method>/seed<k>/dump.json``.

    Returns:
        The dumps of each method, in the order of the seeds; the flow spotter first.

    Raises:
        MESpotError: If there is none, or two runs saw different videos.
    """
    runs: Runs = {}
    videos: dict[frozenset[tuple[str | None, str]], Path] = {}
    paths = sorted(
        work_dir.glob(f'*/seed*/{DUMP_FILE}'), key=lambda path: (path.parents[1].name, _seed(path))
    )
    for path in paths:
        dump = load_dump(path)
        runs.setdefault(path.parents[1].name, []).append(dump)
        videos[frozenset((video.part, video.video_id) for video in dump.videos)] = path
    if not runs:
        raise MESpotError(f'{work_dir}: expected <method>/seed<k>/{DUMP_FILE}, found none')
    if len(videos) > 1:
        named = ' and '.join(str(path) for path in videos.values())
        raise MESpotError(f'all runs need the same videos, they differ in {named}')
    return dict(sorted(runs.items(), key=lambda item: item[0] != FLOW_METHOD))


def _seed(path: Path) -> int:
    """Seed of a run's folder ``seed<k>``."""
    name = path.parent.name
    if not name[4:].isdigit():
        raise MESpotError(f'{path.parent}: expected a folder seed<number>')
    return int(name[4:])
