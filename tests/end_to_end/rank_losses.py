"""A hook that writes the loss of every iteration and process; the DDP test puts this folder on the path."""

import json
import os
from pathlib import Path

from mmaction.registry import HOOKS
from mmengine.dist import get_rank
from mmengine.hooks import Hook


@HOOKS.register_module()
class RankLossHook(Hook):
    def after_train_iter(self, runner, batch_idx, data_batch=None, outputs=None):
        path = Path(os.environ['RANK_LOSSES'], f'rank{get_rank()}.jsonl')
        with path.open('a', encoding='utf-8') as file:
            print(json.dumps(float(outputs['loss'])), file=file)
