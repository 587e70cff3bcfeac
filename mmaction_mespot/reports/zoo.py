"""The zoo: every method over seeds by one protocol, several at a time, and the tables of all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from mmengine.config import Config

from mmaction_mespot.apis.steps import DATA_VARIABLE, Step, run_steps
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.functional.counts import ALL_PARTS, OVERALL, count_videos
from mmaction_mespot.evaluation.functional.dump import Dump
from mmaction_mespot.evaluation.functional.rates import false_per_minute
from mmaction_mespot.reports.benchmark import STATE_FILE, Runs, network_steps, prepared_parts, spotter_steps
from mmaction_mespot.reports.benchmark_tables import mean_and_spread, part_names, part_videos
from mmaction_mespot.reports.costs import COST_FILE, Costs
from mmaction_mespot.reports.tables import markdown_table
from mmaction_mespot.visualization.points import plot_points

SUFFIX = '_synthme'


def method_name(config: Path) -> str:
    """Name of a method: that of its config without ``_synthme``."""
    return config.stem.removesuffix(SUFFIX)


def is_trained(config: Path) -> bool:
    """Whether a config trains something."""
    return Config.fromfile(config).get('train_cfg') is not None


def method_steps(root: Path, config: Path, seed: int, folder: Path, cfg_options: Sequence[str]) -> list[Step]:
    """Training, test and measurement of a method with one seed.

    Args:
        root: Folder of the repository.
        config: Its config.
        seed: Seed of the run.
        folder: Work folder of this run.
        cfg_options: Settings ``key=value`` that override the config.

    Returns:
        The steps in order.
    """
    trained = is_trained(config)
    steps = (
        network_steps(root, config, seed, folder, cfg_options)
        if trained
        else spotter_steps(root, config, folder)
    )
    command = [str(root / 'tools' / 'benchmarks' / 'zoo.py'), 'measure', str(config.resolve())]
    command += [str(folder / 'final.pth')] if trained else []
    cost = folder / COST_FILE
    return [*steps, Step(f'measure {config.stem}', (*command, '--out', str(cost)), cost)]


def run_zoo(
    root: Path,
    configs: Sequence[Path],
    seeds: Sequence[int],
    data: Path,
    work_dir: Path,
    jobs: int = 1,
    cfg_options: Sequence[str] = (),
) -> None:
    """Run every method with every seed, or once without training; what is finished is skipped.

    An interrupted run resumes; one that fails does not stop the others; all failures are named at the
    end.

    Args:
        root: Folder of the repository.
        configs: Configs of the methods.
        seeds: Seeds of each that is trained.
        data: Prepared parts of the benchmark.
        work_dir: Gets one folder per method and seed.
        jobs: Runs at a time.
        cfg_options: Settings ``key=value`` that override the configs.

    Raises:
        MESpotError: If there is no prepared part, two configs have one name, or runs failed.
    """
    prepared_parts(data)
    names = [method_name(config) for config in configs]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise MESpotError(f'each method once expected, found twice: {", ".join(twice)}')
    runs = [
        (config, seed)
        for position, seed in enumerate(seeds)
        for config in configs
        if position == 0 or is_trained(config)
    ]
    failed = Parallel(n_jobs=jobs, backend='threading')(
        delayed(_run_one)(root, config, seed, data, work_dir, cfg_options) for config, seed in runs
    )
    messages = [message for message in failed if message]
    if messages:
        raise MESpotError(f'{len(messages)} of {len(runs)} runs failed: {"; ".join(messages)}')


def _run_one(
    root: Path, config: Path, seed: int, data: Path, work_dir: Path, cfg_options: Sequence[str]
) -> str | None:
    """Run a method with one seed; gives what went wrong."""
    folder = work_dir / method_name(config) / f'seed{seed}'
    try:
        run_steps(
            method_steps(root, config, seed, folder, cfg_options),
            folder / STATE_FILE,
            {DATA_VARIABLE: str(data), 'OMP_NUM_THREADS': '1'},
        )
    except MESpotError as error:
        return f'{method_name(config)}, seed {seed}: {error}'
    return None


def false_table(runs: Runs) -> str:
    """False detections per minute of each method on each part, mean and standard deviation over the seeds.

    Args:
        runs: Dumps by method.

    Returns:
        A Markdown table.
    """
    parts = part_names(runs)
    rows = [
        [method, *(mean_and_spread([_false_rate(dump, part) for dump in dumps]) for part in parts)]
        for method, dumps in runs.items()
    ]
    return markdown_table(['false detections per minute', *(part or ALL_PARTS for part in parts)], rows)


def plot_zoo(runs: Runs, costs: Costs, path: str | Path) -> Path:
    """Draw the overall F1 of each method against its speed, a panel for each part.

    Args:
        runs: Dumps by method.
        costs: Their costs; a method without is left out.
        path: The PNG to write.

    Returns:
        The written path.

    Raises:
        ValueError: If no method has both.
    """
    both = [method for method in runs if method in costs]
    if not both:
        raise MESpotError('no method has results and a cost, there is nothing to draw')
    parts = part_names(runs)
    return plot_points(
        both,
        [costs[method][0].frames_per_cpu_s for method in both],
        {part or ALL_PARTS: [_mean_f1(runs[method], part) for method in both] for part in parts},
        path,
        'frames per CPU second',
        'overall F1',
    )


def _mean_f1(dumps: Sequence[Dump], part: str | None) -> float:
    counts = [count_videos(part_videos(dump, part), _iou(dump))[OVERALL] for dump in dumps]
    return float(np.mean([count.f1 for count in counts]))


def _false_rate(dump: Dump, part: str | None) -> float:
    videos = part_videos(dump, part)
    return false_per_minute(count_videos(videos, _iou(dump))[OVERALL].fp, videos)


def _iou(dump: Dump) -> float:
    return float(dump.metainfo['iou_threshold'])
