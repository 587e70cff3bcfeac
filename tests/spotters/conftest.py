from __future__ import annotations

import sys
from pathlib import Path

# The suite imports by importlib, which leaves the folder of the flow factory off the path.
sys.path.insert(0, str(Path(__file__).parent))
