"""The main job in order, through the same tools that a user calls; what is there already is skipped.

At the end network, spotter without training, and their fusion stand side by side.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from mmaction_mespot.apis.steps import DATA_VARIABLE, TEST_LINES, TRAIN_LINES, Step, run_steps
from mmaction_mespot.reports.tables import BESIDE_HEADER, beside_rows, markdown_table
from mmaction_mespot.synthetic.layout import WORKBOOK

STATE_FILE = 'quickstart.json'
SPOTTER_VARIABLE = 'MESPOT_SPOTTER'
"""The variable that tells the config of the fusion where the spotter's detections lie."""
TINY = (
    'train_cfg.max_epochs=2',
    'train_cfg.val_interval=2',
    'train_dataloader.dataset.windows_per_epoch=64',
)
"""How the smoke test trains: the way, not the network, is what it tries."""
PART = 'normal'
CROP_SIZE = 112


def quickstart_steps(
    root: Path, data: Path, work_dir: Path, size: str, jobs: int, cfg_options: Sequence[str]
) -> list[Step]:
    """The steps of the main job.

    Args:
        root: Folder of the repository, with ``tools`` and ``configs``.
        data: Folder of the videos (``raw``) and of the prepared data.
        work_dir: Folder of the training, the results and the report.
        size: Size of the synthetic data set.
        jobs: Processes for drawing and preparing.
        cfg_options: Settings ``key=value`` that override the config, for training and test.

    Returns:
        Making the videos, preparing them, training, three tests, report.
    """
    tools, configs = root / 'tools', root / 'configs'
    config = str(configs / 'mespot_lite_synthetic_quick.py')
    fusion = str(configs / 'mespot_lite_synthetic_quick_fusion.py')
    spotter = str(configs / 'spotters' / 'optical_flow_quick.py')
    raw, prepared = data / 'raw', data / PART
    dumps = dump_paths(work_dir)
    network, flow, fused = dumps.values()
    own = (*(TINY if size == 'tiny' else ()), *cfg_options)

    def test(config: str, dump: Path, *words: str, options: Sequence[str] = ()) -> tuple[str, ...]:
        settings = ('--cfg-options', *options, f'test_evaluator.dump_path={dump}')
        return (str(tools / 'test.py'), config, *words, '--work-dir', str(work_dir / dump.stem), *settings)

    train = (str(tools / 'train.py'), config, '--work-dir', str(work_dir))
    make = (str(tools / 'make_synthetic.py'), '--size', size, '--out', str(raw), '--parts', PART)
    prepare = (str(tools / 'prepare.py'), 'casme2', '--root', str(raw / PART), '--out', str(prepared))
    streams = ('--streams', 'flow_grid,flow_roi', '--crop-size', str(CROP_SIZE), '--flow', 'dis')
    report = (str(tools / 'report.py'), '--dump', str(network), '--work-dir', str(work_dir))
    beside = [f'{name}={dump}' for name, dump in dumps.items() if dump != network]
    weights, out = str(work_dir / 'final.pth'), work_dir / 'report'
    val_dump = f'val_evaluator.dump_path={flow.with_name("val.json")}'
    return [
        Step('make the synthetic videos', (*make, '--jobs', str(jobs)), raw / PART / WORKBOOK),
        Step(
            'track the faces and compute the flow',
            (*prepare, *streams, '--jobs', str(jobs)),
            prepared / 'annotations.json',
        ),
        Step(
            'train',
            (*train, *(('--cfg-options', *own) if own else ())),
            work_dir / 'final.pth',
            resume=('--resume',),
            shown=TRAIN_LINES,
        ),
        Step('test on other people', test(config, network, weights, options=own), network, shown=TEST_LINES),
        Step(
            'the flow spotter on the same people',
            test(spotter, flow, options=(val_dump,)),
            flow,
            shown=TEST_LINES,
        ),
        Step('both, fused', test(fusion, fused, weights, options=own), fused, shown=TEST_LINES),
        Step(
            'report',
            (*report, '--data', str(prepared), '--beside', *beside, '--out', str(out)),
            out / 'report.md',
        ),
    ]


def dump_paths(work_dir: Path) -> dict[str, Path]:
    """Where the detections of each test go, by what was tested."""
    return {
        'network': work_dir / 'dump.json',
        'flow spotter, no training': work_dir / 'spotter' / 'flow.json',
        'both, fused': work_dir / 'fused.json',
    }


def summary(steps: Sequence[Step], ran: Sequence[tuple[str, float]], dumps: Mapping[str, Path]) -> str:
    """Times of the steps that ran, what each test reached, and where the report lies."""
    times = ', '.join(f'{name} {seconds:.0f} s' for name, seconds in ran)
    lines = [f'times: {times}'] if ran else []
    table = markdown_table(BESIDE_HEADER, beside_rows(dumps))
    return '\n'.join([*lines, table, f'report: {steps[-1].result}'])


def quickstart(
    root: Path, data: Path, work_dir: Path, size: str, jobs: int, cfg_options: Sequence[str]
) -> None:
    """Do the main job and print its outcome; arguments as of `quickstart_steps`.

    Raises:
        MESpotError: If a step fails.
    """
    steps = quickstart_steps(root, data, work_dir, size, jobs, cfg_options)
    dumps = dump_paths(work_dir)
    places = {DATA_VARIABLE: str(data), SPOTTER_VARIABLE: str(work_dir / 'spotter')}
    ran = run_steps(steps, work_dir / STATE_FILE, places)
    print(summary(steps, ran, dumps))
