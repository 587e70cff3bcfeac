"""The ablations: configs that change one part of a network, over seeds, in one table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mmaction.registry import MODELS
from mmengine.registry import init_default_scope

from mmaction_mespot.apis.config_faults import config_faults, read_config
from mmaction_mespot.apis.steps import DATA_VARIABLE, Step, run_steps
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.functional.bootstrap import Interval, bootstrap_difference
from mmaction_mespot.evaluation.functional.counts import ALL_PARTS, OVERALL, ROWS, count_videos
from mmaction_mespot.evaluation.functional.dump import Dump
from mmaction_mespot.reports.benchmark import STATE_FILE, Runs, network_steps, prepared_parts
from mmaction_mespot.reports.benchmark_tables import mean_and_spread, part_names, part_videos
from mmaction_mespot.reports.tables import markdown_table
from mmaction_mespot.visualization.differences import plot_differences

Differences = dict[tuple[str, str | None], Interval]


@dataclass(frozen=True)
class Ablation:
    """One row of the table.

    Attributes:
        name: Of the config, without its ending.
        reference: Name of the config with which it is compared, itself for the reference.
        change: What it changes, in words.
        parameters: Weights of the network that are trained.
        features: Folder, below each part of the data, of the stored features that it is trained on: those of
            the reference's frozen backbone. None trains on the streams.
    """

    name: str
    reference: str
    change: str
    parameters: int
    features: str | None = None


def read_ablations(configs: Sequence[Path]) -> list[Ablation]:
    """Read what the configs change.

    It stands in them as ``ablation = dict(reference=..., change=...)``, and ``features=...`` where they are
    trained on stored features.

    Args:
        configs: The configs, in any order.

    Returns:
        The references, each followed by its changes, in the order of the configs.

    Raises:
        MESpotError: If a config does not say what it changes, or its reference is not among the configs.
    """
    init_default_scope('mmaction')
    found: list[Ablation] = []
    for path in configs:
        cfg = read_config(path)
        entry = cfg.get('ablation')
        if not isinstance(entry, dict) or set(entry) - {'features'} != {'reference', 'change'}:
            raise MESpotError(
                f"{path}: expected ablation = dict(reference='...', change='...'), found {entry}"
            )
        with config_faults(path):
            parameters = sum(weight.numel() for weight in MODELS.build(cfg.model).parameters())
        found.append(Ablation(path.stem, **entry, parameters=parameters))
    names = [ablation.name for ablation in found]
    for ablation in found:
        if ablation.reference not in names:
            raise MESpotError(
                f'{ablation.name}: its reference {ablation.reference!r} is not among the configs {names}'
            )
    references = [one for one in found if one.reference == one.name]
    return [
        one
        for reference in references
        for one in (reference, *(o for o in found if o.reference == reference.name and o != reference))
    ]


def run_ablations(
    root: Path,
    configs: Sequence[Path],
    seeds: Sequence[int],
    data: Path,
    work_dir: Path,
    cfg_options: Sequence[str] = (),
) -> None:
    """Train and test each config with each seed; finished runs are skipped, broken ones go on.

    Where a config is trained on stored features, they are extracted first, by the backbone of its reference
    with the first of the seeds.

    Args:
        root: Folder of the repository.
        configs: The configs.
        seeds: Seeds of each.
        data: Prepared parts of the benchmark.
        work_dir: Gets one folder a config and seed.
        cfg_options: Settings ``key=value`` that override the configs.

    Raises:
        MESpotError: If a config is no ablation, there is no prepared part, or a step fails.
    """
    ablations = {ablation.name: ablation for ablation in read_ablations(configs)}
    parts = prepared_parts(data)
    for seed in seeds:
        for config in configs:
            ablation = ablations[config.stem]
            if ablation.features is not None:
                reference = next(path for path in configs if path.stem == ablation.reference)
                folder = work_dir / reference.stem / f'seed{seeds[0]}'
                steps = network_steps(root, reference, seeds[0], folder, cfg_options)
                steps += feature_steps(root, reference, folder, parts, ablation.features)
                run_steps(steps, folder / STATE_FILE, {DATA_VARIABLE: str(data)})
            folder = work_dir / config.stem / f'seed{seed}'
            steps = network_steps(root, config, seed, folder, cfg_options)
            run_steps(steps, folder / STATE_FILE, {DATA_VARIABLE: str(data)})


def feature_steps(root: Path, config: Path, folder: Path, parts: Sequence[Path], features: str) -> list[Step]:
    """Extraction of the features of a trained network's backbone.

    Args:
        root: Folder of the repository.
        config: Config of the network.
        folder: Work folder of its run.
        parts: Prepared parts.
        features: Folder for the features, below each part.

    Returns:
        One step a part.
    """
    tool, final = str(root / 'tools' / 'extract_features.py'), str(folder / 'final.pth')
    return [
        Step(
            f'extract the features of {part.name}',
            (tool, str(config.resolve()), final, '--data', str(part), '--out', str(part / features)),
            part / features / 'manifest.json',
        )
        for part in parts
    ]


def ablation_table(runs: Runs, ablations: Sequence[Ablation], differences: Differences) -> str:
    """Compare each ablation with its reference on each part.

    F1 is the mean and the standard deviation over the seeds. The difference is that of the overall F1, all
    seeds counted together, from the reference, with the interval of a bootstrap over people (both
    see the same draws).

    Args:
        runs: Dumps by name of the config.
        ablations: Rows, as :func:`read_ablations` orders them; one without a run is left out.
        differences: As :func:`ablation_differences` gives them.

    Returns:
        A Markdown table.
    """
    header = ['part', 'change', 'parameters', 'runs', *(f'{name} F1' for name in ROWS)]
    header += ['overall F1 minus reference', '95 % over people']
    rows = []
    for part in part_names(runs):
        for ablation in ablations:
            if ablation.name not in runs:
                continue
            dumps = runs[ablation.name]
            counts = [count_videos(part_videos(dump, part), _iou(dump)) for dump in dumps]
            f1 = [mean_and_spread([count[name].f1 for count in counts]) for name in ROWS]
            interval = differences.get((ablation.name, part))
            cells = (
                ['', '']
                if interval is None
                else [f'{interval.value:+.3f}', f'{interval.low:.3f} to {interval.high:.3f}']
            )
            rows.append(
                [
                    part or ALL_PARTS,
                    ablation.change,
                    f'{ablation.parameters:,}',
                    str(len(dumps)),
                    *f1,
                    *cells,
                ]
            )
    return markdown_table(header, rows)


def plot_ablations(differences: Differences, ablations: Sequence[Ablation], path: Path) -> Path:
    """Draw the differences, a panel for each part.

    Args:
        differences: As :func:`ablation_differences` gives them.
        ablations: Rows; one without differences is left out.
        path: The PNG to write.

    Returns:
        The written path.

    Raises:
        MESpotError: If there are no differences.
    """
    if not differences:
        raise MESpotError(f'{path}: nothing to draw, no ablation was run beside its reference')
    parts = list(dict.fromkeys(part for _, part in differences))
    values = {
        one.change: [differences[one.name, part] for part in parts]
        for one in ablations
        if (one.name, parts[0]) in differences
    }
    names = [part or ALL_PARTS for part in parts]
    return plot_differences(values, names, path, 'overall F1 minus reference')


def ablation_differences(runs: Runs, ablations: Sequence[Ablation]) -> Differences:
    """Overall F1 of the pooled runs of each ablation minus that of its reference, on each part.

    Args:
        runs: Dumps by name of the config.
        ablations: One without a run is left out.

    Returns:
        The differences by name and part.

    Raises:
        MESpotError: If there are runs of an ablation, but none of its reference.
    """
    found: Differences = {}
    for one in ablations:
        if one.name not in runs or one.name == one.reference:
            continue
        if one.reference not in runs:
            raise MESpotError(f'{one.name} was run, its reference {one.reference} was not')
        for part in part_names(runs):
            pooled, base = (
                [video for dump in runs[name] for video in part_videos(dump, part)]
                for name in (one.name, one.reference)
            )
            difference = bootstrap_difference(pooled, base, _iou(runs[one.name][0]))
            found[one.name, part] = difference[OVERALL]
    return found


def _iou(dump: Dump) -> float:
    return float(dump.metainfo['iou_threshold'])
