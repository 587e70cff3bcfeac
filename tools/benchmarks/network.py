"""Measure the networks' forward pass: float32 and bfloat16, both layouts, torch.compile, in one table.

All ways of a network are measured in turns in one run, so the ratios hold on a busy machine; the milliseconds
are those of this machine at this hour. A ratio above 1 is faster than plain float32.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import torch
from mmaction.registry import MODELS
from mmengine.config import Config
from mmengine.registry import init_default_scope
from rich.console import Console
from rich.table import Table

from mmaction_mespot.engine.hooks.fast_cpu_hook import cpu_has_amx, to_channels_last_3d
from mmaction_mespot.errors import MESpotError

MODEL_CONFIGS = Path(__file__).parents[2] / 'configs' / '_base_' / 'models'
NETWORKS = {'lite': 'mespot_lite.py', 'slim': 'mespot_i3d_slim.py', 'I3D-R50': 'mespot_i3d_r50.py'}
WAYS = ('fp32', 'fp32 channels last', 'bf16', 'bf16 channels last')
LITE_GRID = 12


def build(name: str, frames: int, size: int, device: str) -> tuple[torch.nn.Module, dict[str, torch.Tensor]]:
    """A network in evaluation mode, and the streams of one window."""
    init_default_scope('mmaction')
    model = MODELS.build(Config.fromfile(MODEL_CONFIGS / NETWORKS[name]).model).eval().to(device)
    size = LITE_GRID if name == 'lite' else size
    streams = {
        stream: torch.randn(1, channels, frames, size, size, device=device)
        for stream, channels in (('rgb', 3), ('flow', 2))
    }
    return model, streams


def forward(model: Callable[[dict], object], streams: dict, bf16: bool, device: str) -> Callable[[], object]:
    """One forward pass, ready to be called."""

    def run() -> object:
        with torch.inference_mode(), torch.autocast(device, torch.bfloat16, enabled=bf16):
            output = model(streams)
        if device == 'cuda':
            torch.cuda.synchronize()
        return output

    return run


def measure(name: str, frames: int, size: int, repeats: int, compiled: bool, device: str) -> dict[str, list]:
    """Milliseconds of every repeat by way, all ways in turns."""
    runs = {}
    for way in WAYS:
        model, streams = build(name, frames, size, device)
        if 'channels last' in way:
            to_channels_last_3d(model)
        runs[way] = forward(model, streams, 'bf16' in way, device)
        if compiled and 'channels last' not in way:
            runs[f'{way} compiled'] = forward(torch.compile(model), streams, 'bf16' in way, device)
    for run in runs.values():  # compiles, and warms up
        run()
    times: dict[str, list] = {way: [] for way in runs}
    for _ in range(repeats):
        for way, run in runs.items():
            begin = time.perf_counter()
            run()
            times[way].append(1000 * (time.perf_counter() - begin))
    return times


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--networks', nargs='+', default=list(NETWORKS), choices=list(NETWORKS))
    parser.add_argument('--frames', type=int, default=32, help='positions of the window')
    parser.add_argument('--size', type=int, default=112, help='side of the pictures, px (lite: always 12)')
    parser.add_argument('--repeats', type=int, default=5)
    parser.add_argument('--threads', type=int, default=1)
    parser.add_argument('--compile', action='store_true', help='torch.compile too (minutes the first time)')
    parser.add_argument('--device', choices=['cpu', 'cuda'], default='cpu')
    args = parser.parse_args()
    if args.device == 'cuda' and not torch.cuda.is_available():
        raise MESpotError('--device cuda: torch finds no GPU here')
    torch.set_num_threads(args.threads)
    table = Table(title=f'{args.frames} frames, {args.size} px, {args.threads} threads, AMX: {cpu_has_amx()}')
    for column in ('network', 'way', 'ms', 'times as fast'):
        table.add_column(column, justify='right' if column in ('ms', 'times as fast') else 'left')
    for name in args.networks:
        times = measure(name, args.frames, args.size, args.repeats, args.compile, args.device)
        for way, values in times.items():
            ratios = [plain / value for plain, value in zip(times['fp32'], values, strict=True)]
            cells = (f'{statistics.median(values):.1f}', f'{statistics.median(ratios):.2f}')
            table.add_row(name, way, *cells, end_section=way == list(times)[-1])
    Console(width=100).print(table)


if __name__ == '__main__':
    main()
