"""Steps of a long job, each a command line of one of the tools; what was done before is skipped."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmaction_mespot.atomic_file import write_whole
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.interrupts import STEP_VARIABLE
from mmaction_mespot.processes import running

DATA_VARIABLE = 'MESPOT_DATA'
"""The variable that tells the configs where the prepared data lie."""

TRAIN_LINES = r'Epoch\((train|val)\)|[Rr]esum'
"""What is shown of MMEngine's output in training."""

TEST_LINES = r'^\d+ videos, '
"""What is shown of MMEngine's output in the test: the summary of the metric."""


@dataclass(frozen=True)
class Step:
    """One step.

    Attributes:
        name: What it does.
        command: The command line without the interpreter, its first word the tool.
        result: The file that is there when it was done.
        resume: Words that are added where the same command was interrupted before.
        shown: Pattern of the lines that are shown of a talkative tool; all it says goes to
            ``<result's name>.log`` beside the state file. None shows everything and writes no log.
    """

    name: str
    command: tuple[str, ...]
    result: Path
    resume: tuple[str, ...] = ()
    shown: str | None = None


def run_steps(
    steps: Sequence[Step], state_path: Path, environment: Mapping[str, str]
) -> list[tuple[str, float]]:
    """Run the steps that were not done by the same command before, and all after the first of these.

    Args:
        steps: In order.
        state_path: Where the commands that were begun and done are kept, with their seconds.
        environment: Variables added to those of this process.

    Returns:
        Name and seconds of each step that ran.

    Raises:
        MESpotError: If a step fails; what it printed says why.
    """
    state_path.parent.mkdir(parents=True, exist_ok=True)
    state = read_state(state_path)
    ran: list[tuple[str, float]] = []
    for number, step in enumerate(steps, start=1):
        title = f'[{number}/{len(steps)}] {step.name}'
        known = state.get(step.name, {})
        same = known.get('command') == list(step.command)
        if not ran and same and known.get('done') and step.result.exists():
            print(f'{title}: there already, {step.result}', flush=True)
            continue
        print(f'{title}: {shlex.join(step.command)}', flush=True)
        resume = step.resume if same and not known.get('done') else ()
        state[step.name] = {'command': list(step.command), 'done': False}
        _write_state(state, state_path)
        seconds = _run(step, resume, environment, state_path.parent)
        ran.append((step.name, seconds))
        state[step.name] |= {'done': True, 'seconds': round(seconds, 1)}
        _write_state(state, state_path)
        print(f'{title}: done in {seconds:.0f} s', flush=True)
    return ran


def read_state(path: Path) -> dict[str, dict[str, Any]]:
    """What `run_steps` kept, by name of the step; empty before its first run."""
    return json.loads(path.read_text(encoding='utf-8')) if path.is_file() else {}


def _run(step: Step, resume: tuple[str, ...], environment: Mapping[str, str], log_dir: Path) -> float:
    """Run one step and give its seconds."""
    began = time.monotonic()
    words = [sys.executable, *step.command, *resume]
    variables = {**os.environ, STEP_VARIABLE: '1', **environment}
    if step.shown is None:
        with running(words, env=variables) as process:
            code, hint = process.wait(), ''
    else:
        log = log_dir / f'{step.result.name}.log'
        code = _run_filtered(words, variables, step.shown, log)
        hint = f', {log} says why'
    if code != 0:
        raise MESpotError(f'step {step.name!r} ended with exit code {code}{hint}')
    if not step.result.exists():
        raise MESpotError(f'step {step.name!r} ended well, but {step.result} is not there{hint}')
    return time.monotonic() - began


def _run_filtered(words: Sequence[str], variables: Mapping[str, str], shown: str, log: Path) -> int:
    """Run a command, its output in a log; show the lines with the pattern and, if it fails, the last one."""
    line = ''
    with (
        log.open('w', encoding='utf-8') as file,
        running(
            words,
            env={**variables, 'PYTHONIOENCODING': 'utf-8'},  # whatever the terminal has, the log is UTF-8
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding='utf-8',
            errors='replace',
        ) as process,
    ):
        for line in process.stdout or ():
            file.write(line)
            file.flush()
            if re.search(shown, line):
                print(line.rstrip(), flush=True)
    if process.returncode != 0:
        print(line.rstrip(), file=sys.stderr)
    return process.returncode


def _write_state(state: Mapping[str, Mapping[str, Any]], path: Path) -> None:
    write_whole(path, json.dumps(state, indent=1) + '\n')
