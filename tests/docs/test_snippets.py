"""The snippets of the page on own parts run as they stand."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).parents[2] / 'docs' / 'plug_in.md'


def test_python_blocks_of_the_page_run_one_after_the_other(tmp_path: Path) -> None:
    text = PAGE.read_text(encoding='utf-8')
    blocks = re.findall(r'^```python\n(.*?)^```$', text, flags=re.MULTILINE | re.DOTALL)
    assert len(blocks) == text.count('```python') > 5
    (tmp_path / 'page.py').write_text('\n'.join(blocks), encoding='utf-8')
    done = subprocess.run([sys.executable, 'page.py'], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
