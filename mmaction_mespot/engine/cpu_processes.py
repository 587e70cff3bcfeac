"""Several training processes on a machine without a GPU."""

from __future__ import annotations

import torch
from mmengine.config import Config


def join_cpu_processes(cfg: Config) -> bool:
    """Let ``--launcher pytorch`` work without a GPU.

    MMEngine binds each process to a GPU of its own, before it looks at the backend. On a machine without one,
    the process joins the group here, through gloo, and the model's wrapper gets no device.

    Args:
        cfg: Config of the run with its ``launcher``; ``model_wrapper_cfg`` is set unless it is there.

    Returns:
        Whether the processes are CPU processes.
    """
    if cfg.get('launcher') != 'pytorch' or torch.cuda.is_available():
        return False
    if not torch.distributed.is_initialized():
        torch.distributed.init_process_group('gloo')
    wrapper = dict(type='MMDistributedDataParallel', device_ids=None, broadcast_buffers=False)
    cfg.setdefault(
        'model_wrapper_cfg', {**wrapper, 'find_unused_parameters': cfg.get('find_unused_parameters', False)}
    )
    return True
