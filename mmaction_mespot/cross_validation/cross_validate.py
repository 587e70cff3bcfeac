"""What `tools/cross_validate.py` does: lay out the folds, run those that are not done, pool all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mmengine.config import Config
from rich.console import Console

from mmaction_mespot.annotations.schema import load_annotations
from mmaction_mespot.apis.runner_arguments import config_for_train
from mmaction_mespot.cross_validation.fold_config import (
    annotation_file,
    has_training,
    make_fold_config,
    write_fold_config,
)
from mmaction_mespot.cross_validation.fold_display import FoldDisplay, plain_console
from mmaction_mespot.cross_validation.fold_plan import LEAVE_ONE_OUT, OWN, plan_folds
from mmaction_mespot.cross_validation.fold_run import FoldRun
from mmaction_mespot.cross_validation.fold_scheduler import (
    Start,
    run_folds,
    slot_variables,
    start_process,
)
from mmaction_mespot.cross_validation.report import RESULTS, write_results
from mmaction_mespot.cross_validation.results import FoldResult
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.functional.counts import OVERALL, count_videos
from mmaction_mespot.evaluation.functional.dump import load_dump
from mmaction_mespot.evaluation.functional.protocol import Protocol
from mmaction_mespot.evaluation.functional.protocols import DEFAULT


@dataclass(frozen=True)
class CrossValidation:
    """What is asked for.

    Attributes:
        config: The config file.
        work_dir: Gets a folder per fold, the results and the figures.
        tools: Folder with ``train.py`` and ``test.py``.
        folds: See `plan_folds`.
        inner_split: See `plan_folds`.
        cfg_options: Settings ``key=value`` that override the config.
        protocol: How detections are counted.
    """

    config: str
    work_dir: Path
    tools: Path
    folds: Sequence[str] = (LEAVE_ONE_OUT,)
    inner_split: str = '6'
    cfg_options: Sequence[str] = ()
    protocol: Protocol = field(default=DEFAULT)

    def read_config(self) -> Config:
        """The config with the options."""
        options = ['--cfg-options', *self.cfg_options] if self.cfg_options else []
        return config_for_train([self.config, *options])

    def plan(self, cfg: Config) -> list[FoldRun]:
        """The folds, in their folders."""
        trains = has_training(cfg)
        data = load_annotations(annotation_file(cfg))
        subjects = [video['subject'] for video in data['data_list']]
        epochs = cfg.train_cfg.get('max_epochs') if trains else None
        folds = plan_folds(subjects, self.folds, self.inner_split, trains)
        work_dir = self.work_dir.absolute()
        return [FoldRun(fold, work_dir / fold.name, self.tools, trains, epochs) for fold in folds]

    def rules(self, cfg: Config) -> list[str]:
        """How the folds are made, in sentences."""
        if not has_training(cfg):
            return [
                'Nothing is trained; the thresholds were chosen on all people of a fold but the held-out.'
            ]
        rules = ['The last epoch was tested.']
        if self.inner_split == OWN:
            rules.append("The thresholds were chosen on the training people's own detections.")
        else:
            rules.append(
                f'The thresholds were chosen on every {self.inner_split}th of the other people, '
                'who were not trained on.'
            )
        return rules


def cross_validate(
    job: CrossValidation,
    jobs: int = 1,
    gpus: Sequence[str] = (),
    only: Sequence[str] = (),
    start: Start = start_process,
    poll_s: float = 0.5,
    console: Console | None = None,
) -> None:
    """Run the folds that are not done, then pool all; with ``only`` run these folds and pool nothing.

    Args:
        job: What is asked for.
        jobs: Folds at the same time. Defaults to 1.
        gpus: Values of ``CUDA_VISIBLE_DEVICES``, one for each of them in turns. Defaults to none.
        only: Names of folds. Defaults to all.
        start: Starts a process.
        poll_s: Seconds between two looks at the processes. Defaults to 0.5.
        console: Where to write. Defaults to None, standard output.

    Raises:
        MESpotError: If a config or folder does not fit, or folds failed (the others are then pooled).
    """
    cfg = job.read_config()
    planned = job.plan(cfg)
    names = [run.fold.name for run in planned]
    unknown = [name for name in only if name not in names]
    if unknown:
        raise MESpotError(f'--only: found {", ".join(unknown)}, expected some of {", ".join(names)}')
    if jobs < 1:
        raise MESpotError(f'--jobs: found {jobs}, expected 1 or more')
    runs = [run for run in planned if not only or run.fold.name in only]
    for run in runs:
        write_fold_config(make_fold_config(cfg, run.fold, run.folder), run.folder)
        run.note_people()
    with FoldDisplay(runs, lambda run: _score(run, job.protocol), console or plain_console()) as display:
        run_folds(runs, slot_variables(jobs, gpus), display.update, start, poll_s)
    failed = [run for run in runs if run.state == 'failed']
    if not only and len(failed) < len(runs):
        pool(job, console)
    if failed:
        named = '; '.join(f'{run.fold.name}: {run.problem}' for run in failed)
        raise MESpotError(f'{len(failed)} of {len(runs)} folds failed: {named}')


def pool(job: CrossValidation, console: Console | None = None) -> None:
    """Pool the finished folds, print and write the results.

    Args:
        job: What is asked for.
        console: Where to write. Defaults to None, standard output.

    Raises:
        MESpotError: If no fold is finished, or a folder is that of other people.
    """
    cfg = job.read_config()
    results, missing = [], []
    for run in job.plan(cfg):
        if run.next_step() is None:
            run.note_people()
            results.append(FoldResult(run.fold, load_dump(run.dump)))
        else:
            missing.append(run.fold.name)
    tables = write_results(
        results, missing, job.config, annotation_file(cfg), job.rules(cfg), job.protocol, job.work_dir
    )
    console = console or plain_console()
    console.print(tables[0].rich())
    if missing:
        console.print(f'INCOMPLETE: {len(missing)} folds are missing: {", ".join(missing)}', markup=False)
    console.print(f'results: {job.work_dir / f"{RESULTS}.md"}', markup=False, highlight=False)


def _score(run: FoldRun, protocol: Protocol) -> float:
    """Overall F1 of a finished fold."""
    return count_videos(load_dump(run.dump).final_videos(), protocol)[OVERALL].f1
