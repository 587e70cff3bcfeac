from __future__ import annotations

import os
import subprocess
from pathlib import Path

from mmaction_mespot.cross_validation.slurm_script import slurm_script

SBATCH = """#!/bin/bash
# Notes the call and runs the job as the cluster would.
echo "$@" >> "$CALLS"
cat > "$CALLS.job"
for index in 0 1; do
  case "$*" in *--array*) SLURM_ARRAY_TASK_ID=$index bash "$CALLS.job" >> "$CALLS.out" ;; esac
done
case "$*" in *--array*) echo "42;cluster" ;; *) bash "$CALLS.job" >> "$CALLS.out" ;; esac
"""


def test_script_runs_each_fold_then_pools(tmp_path: Path) -> None:
    sbatch = tmp_path / 'sbatch'
    sbatch.write_text(SBATCH)
    sbatch.chmod(0o755)
    work = tmp_path / 'my work'
    script = slurm_script(
        ['echo', 'cv', 'a config.py'],
        ['s 15', 's16'],
        'name',
        str(tmp_path),
        str(work),
        at_once=4,
        variables={'MESPOT_DATA': 'a b'},
    )
    assert "export MESPOT_DATA='a b'\n" in script
    calls = tmp_path / 'calls'
    variables = {**os.environ, 'PATH': f'{tmp_path}:{os.environ["PATH"]}', 'CALLS': str(calls)}
    subprocess.run(['bash'], input=script, env=variables, text=True, check=True)
    array, pool = calls.read_text().splitlines()
    assert (
        array.startswith('--parsable --job-name=name --array=0-1%4 ') and f'--output={work}/%a.log' in array
    )
    assert '--dependency=afterany:42 ' in pool and work.is_dir()
    assert (tmp_path / 'calls.out').read_text().splitlines() == [
        'cv a config.py --only s 15',
        'cv a config.py --only s16',
        'cv a config.py --pool-only',
    ]
