"""What a method takes: parameters, operations, time and memory, measured on one core."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from mmaction.registry import MODELS
from mmengine.config import Config
from mmengine.optim import build_optim_wrapper
from mmengine.registry import init_default_scope
from mmengine.runner import Runner, load_checkpoint
from torch.utils.flop_counter import FlopCounterMode

from mmaction_mespot.apis.complexity import count_parameters
from mmaction_mespot.apis.steps import read_state
from mmaction_mespot.atomic_file import write_whole
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.reports.benchmark import STATE_FILE
from mmaction_mespot.reports.tables import markdown_table
from mmaction_mespot.strict_json import read_json

COST_FILE = 'cost.json'
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


@dataclass(frozen=True)
class Training:
    """How long the training of a network takes.

    Attributes:
        parameters: Trainable numbers.
        steps: Steps of one seed.
        seconds_per_step: Of the processor, one core.
    """

    parameters: int
    steps: int
    seconds_per_step: float

    @property
    def minutes(self) -> float:
        """Minutes of one core for one seed, without validation."""
        return self.steps * self.seconds_per_step / 60


def estimate_training(config: Path, measured: int = 2) -> Training | None:
    """Train a few steps to see how long all of them will take on one core.

    Args:
        config: Config of a method.
        measured: Steps that are measured, after a first one that is not.

    Returns:
        The estimate; None for a method without training.
    """
    cfg = Config.fromfile(config)
    if cfg.get('train_cfg') is None:
        return None
    init_default_scope(cfg.get('default_scope', 'mmaction'))
    torch.set_num_threads(1)
    model = MODELS.build(cfg.model)
    model.train()
    wrapper = build_optim_wrapper(model, cfg.optim_wrapper)
    loader = cfg.train_dataloader.copy()
    loader.update(num_workers=0, persistent_workers=False)
    batches = Runner.build_dataloader(loader)
    began = 0.0
    for number, batch in enumerate(batches):
        if number == 1:
            began = time.process_time()
        model.train_step(batch, wrapper)
        if number == measured:
            break
    seconds = (time.process_time() - began) / measured
    return Training(count_parameters(model), len(batches) * cfg.train_cfg.max_epochs, seconds)


def training_table(trainings: Mapping[str, Training | None]) -> str:
    """The estimates, and their sum.

    Args:
        trainings: By method; those without training are left out.

    Returns:
        A Markdown table.
    """
    found = {name: one for name, one in trainings.items() if one is not None}
    rows = [
        [name, f'{one.parameters:,}', f'{one.steps:,}', f'{one.seconds_per_step:.2f}', f'{one.minutes:.0f}']
        for name, one in found.items()
    ]
    rows.append(['all, one seed', '', '', '', f'{sum(one.minutes for one in found.values()):.0f}'])
    return markdown_table(
        ['network', 'parameters', 'steps', 'CPU seconds per step', 'CPU minutes per seed'], rows
    )


def write_cost(cost: Cost, path: Path) -> None:
    """Write a cost as JSON, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, json.dumps(asdict(cost), indent=1) + '\n')


def read_costs(work_dir: Path) -> Costs:
    """Read what each method takes.

    Args:
        work_dir: As :func:`~mmaction_mespot.reports.zoo.run_zoo` fills it.

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
