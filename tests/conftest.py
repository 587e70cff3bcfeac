"""Settings of the whole suite: one thread (the tests run side by side), no window."""

import os
import sys
from pathlib import Path

os.environ['OMP_NUM_THREADS'] = '1'
os.environ['MPLBACKEND'] = 'Agg'

import mmaction_mespot  # noqa: F401  # first: it may have to provide MMAction2

try:
    import torch
except ModuleNotFoundError:  # own videos and data need none
    collect_ignore_glob = ['spotting/test_network.py', 'spotting/test_inferencer.py']
else:
    torch.set_num_threads(1)
# The suite imports by importlib, which leaves the folder of the video factory off the path.
sys.path.insert(0, str(Path(__file__).parent))
