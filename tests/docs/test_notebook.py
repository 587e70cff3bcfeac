"""The tutorial's notebook runs as it stands, apart from the installation of what is tested here."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).parents[2] / 'docs' / 'tutorials' / 'own_video.ipynb'


def test_the_notebook_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    assert not any(cell.get('outputs') for cell in notebook.cells), 'it is kept without outputs'
    install = [cell for cell in notebook.cells if 'install' in cell.metadata.get('tags', ())]
    assert [cell.source.split()[0] for cell in install] == ['%pip']
    notebook.cells = [cell for cell in notebook.cells if cell not in install]
    monkeypatch.setenv('PYTHONPATH', str(NOTEBOOK.parents[2]))
    monkeypatch.delenv('MPLBACKEND')  # the kernel chooses its own, and hands it down
    NotebookClient(notebook, kernel_name='python3', resources={'metadata': {'path': str(tmp_path)}}).execute()
    kinds = [
        set(output.data) for cell in notebook.cells for output in cell.get('outputs', ()) if 'data' in output
    ]
    assert [{'text/html', 'image/png'} & kind for kind in kinds] == [{'text/html'}, {'image/png'}]
    assert (tmp_path / 'results' / 'synthetic' / 'overlay.mp4').is_file()
    table = next(output for cell in notebook.cells for output in cell.get('outputs', ()) if 'data' in output)
    assert 'MaE' in table.data['text/html']
