"""The script that hands the folds to a Slurm cluster."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence

TEMPLATE = """#!/bin/bash
# Submits one job per fold (an array) and a last job that pools them: bash THIS_FILE
# Submitted again, finished folds end at once and broken ones go on.
set -euo pipefail

# Change these to your cluster.
FOLD_FLAGS=(--gpus=1 --cpus-per-task=8 --mem=32G --time=24:00:00)
POOL_FLAGS=(--cpus-per-task=2 --mem=8G --time=01:00:00)

cd {cwd}
{exports}mkdir -p {logs}

folds=$(sbatch --parsable --job-name={name} --array=0-{last}{limit} \\
    --output={logs}/%a.log "${{FOLD_FLAGS[@]}}" <<'JOB'
#!/bin/bash
FOLDS=({folds})
exec {command} --only "${{FOLDS[$SLURM_ARRAY_TASK_ID]}}"
JOB
)

# afterany: folds that failed are named in the results.
sbatch --job-name={name}-pool --dependency="afterany:${{folds%%;*}}" \\
    --output={logs}/pool.log "${{POOL_FLAGS[@]}}" <<'JOB'
#!/bin/bash
exec {command} --pool-only
JOB
"""


def slurm_script(
    command: Sequence[str],
    folds: Sequence[str],
    name: str,
    cwd: str,
    logs: str,
    at_once: int | None = None,
    variables: Mapping[str, str] | None = None,
) -> str:
    """Write the script.

    Args:
        command: The command line of the cross-validation; ``--only FOLD`` and ``--pool-only`` are added.
        folds: Names of the folds; the task with index i runs the i-th.
        name: Name of the jobs.
        cwd: Folder that the command runs in.
        logs: Folder of the jobs' output.
        at_once: Most folds at the same time. Defaults to None, no limit.
        variables: Environment variables to set. Defaults to None.

    Returns:
        A bash script.
    """
    exports = ''.join(f'export {key}={shlex.quote(value)}\n' for key, value in (variables or {}).items())
    return TEMPLATE.format(
        cwd=shlex.quote(cwd),
        exports=exports,
        logs=shlex.quote(logs),
        name=shlex.quote(name),
        last=len(folds) - 1,
        limit='' if at_once is None else f'%{at_once}',
        folds=shlex.join(folds),
        command=shlex.join(command),
    )
