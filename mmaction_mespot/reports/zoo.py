"""The zoo: every method over seeds by one protocol, several at a time, with what each costs, in one table."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from joblib import Parallel, delayed
from mmaction.registry import MODELS
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmengine.runner import Runner, load_checkpoint
from torch.utils.flop_counter import FlopCounterMode

from mmaction_mespot.apis.complexity import count_parameters
from mmaction_mespot.apis.steps import DATA_VARIABLE, Step, read_state, run_steps
from mmaction_mespot.atomic_file import write_whole
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.functional.counts import ALL_PARTS, OVERALL, count_videos
from mmaction_mespot.evaluation.functional.dump import Dump
from mmaction_mespot.evaluation.functional.rates import false_per_minute
from mmaction_mespot.reports.benchmark import STATE_FILE, Runs, network_steps, prepared_parts, spotter_steps
from mmaction_mespot.reports.benchmark_tables import mean_and_spread, part_names, part_videos
from mmaction_mespot.reports.tables import markdown_table
from mmaction_mespot.strict_json import read_json
from mmaction_mespot.visualization.points import plot_points

COST_FILE = 'cost.json'
SUFFIX = '_synthme'
_MIB = 2**20


@dataclass(frozen=True)
class Cost:
    """What a method takes, measured on one core with the videos of the validation people.

    Attributes:
        parameters: Trainable numbers.
        gmacs_per_s: Multiply-accumulate operations for a second of video in convolutions, matrix products and
            attention, in thousand millions; 0 for a method without training.
        frames_per_cpu_s: Frames of prepared video in a second of the processor, reading included.
        peak_mib: Most memory of the process, MiB.
    """

    parameters: int
    gmacs_per_s: float
    frames_per_cpu_s: float
    peak_mib: float


Costs = Mapping[str, tuple[Cost, float | None]]
"""By method: its cost, and the minutes of its training."""


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

    A run that was broken off goes on; one that fails does not stop the others; all failures are named at the
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


def measure_cost(config: Path, checkpoint: Path | None, videos: int = 3) -> Cost:
    """Run a method over some videos of the validation people on one core.

    Args:
        config: Its config.
        checkpoint: Weights; None for a method without.
        videos: Videos to run over.

    Returns:
        The cost. Time and operations count the windows as they overlap in the test.

    Raises:
        MESpotError: If there is no video.
    """
    cfg = Config.fromfile(config)
    init_default_scope(cfg.get('default_scope', 'mmaction'))
    torch.set_num_threads(1)
    model = MODELS.build(cfg.model).eval()
    if checkpoint is not None:
        load_checkpoint(model, str(checkpoint), map_location='cpu')
    loader = cfg.val_dataloader.copy()
    loader.update(num_workers=0, persistent_workers=False)
    loader.dataset.indices = videos
    batches = Runner.build_dataloader(loader)
    flops = 0
    lengths: dict[str, float] = {}
    frames = 0
    began = time.process_time()
    for batch in batches:
        for sample in batch['data_samples']:
            meta = sample.metainfo
            if meta['video_id'] not in lengths:
                frames += meta['total_frames']
                lengths[meta['video_id']] = meta['total_frames'] / meta['fps']
        with torch.no_grad():
            model.test_step(batch)
    seconds = time.process_time() - began
    if not lengths:
        raise MESpotError(f'{config}: the validation part holds no video to measure')
    for batch in batches if count_parameters(model) else ():
        with torch.no_grad(), FlopCounterMode(display=False) as counter:
            model.test_step(batch)
        flops += counter.get_total_flops()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == 'darwin' else 1024)
    return Cost(
        count_parameters(model),
        flops / 2e9 / sum(lengths.values()),
        frames / max(seconds, 1e-9),
        peak / _MIB,
    )


def write_cost(cost: Cost, path: Path) -> None:
    """Write a cost as JSON, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, json.dumps(asdict(cost), indent=1) + '\n')


def read_costs(work_dir: Path) -> Costs:
    """Read what each method takes.

    Args:
        work_dir: As :func:`run_zoo` fills it.

    Returns:
        By method: the cost of its first seed, and the minutes of its training, the mean over the seeds, None
        without training. A method that was not measured is left out.

    Raises:
        MESpotError: If a file holds something else than a cost.
    """
    found: dict[str, tuple[Cost, float | None]] = {}
    for path in sorted(work_dir.glob(f'*/seed*/{COST_FILE}')):
        name = path.parents[1].name
        if name in found:
            continue
        values = read_json(path)
        try:
            cost = Cost(**values)
        except TypeError as error:
            raise MESpotError(
                f'{path}: the fields of a cost expected, found {sorted(values)}; remove it and run again'
            ) from error
        minutes = [
            step['seconds'] / 60
            for state in sorted(path.parents[1].glob(f'seed*/{STATE_FILE}'))
            for key, step in read_state(state).items()
            if key.startswith('train ') and step.get('done')
        ]
        found[name] = cost, sum(minutes) / len(minutes) if minutes else None
    return found


def cost_table(costs: Costs) -> str:
    """What each method takes, the fastest first.

    Args:
        costs: As :func:`read_costs` gives them.

    Returns:
        A Markdown table.
    """
    header = ['method', 'parameters', 'GMAC per second of video', 'training, minutes']
    header += ['frames per CPU second', 'peak memory, MiB']
    rows = [
        [
            name,
            f'{cost.parameters:,}',
            f'{cost.gmacs_per_s:.3f}' if cost.parameters else '-',
            '-' if minutes is None else f'{minutes:.1f}',
            f'{cost.frames_per_cpu_s:,.0f}',
            f'{cost.peak_mib:,.0f}',
        ]
        for name, (cost, minutes) in sorted(costs.items(), key=lambda one: -one[1][0].frames_per_cpu_s)
    ]
    return markdown_table(header, rows)


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
        raise ValueError('no method has results and a cost, there is nothing to draw')
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
