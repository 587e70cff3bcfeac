"""Runs a tool in a process of its own, forked so that nothing is imported anew."""

from __future__ import annotations

import ctypes
import io
import os
import resource
import runpy
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

TOOLS = Path(__file__).parents[1] / 'tools'


@dataclass
class End:
    """How a tool ended."""

    code: int
    error: str

    @property
    def is_one_line(self) -> bool:
        """Whether it said one line, and no traceback."""
        return self.error.count('\n') == 1 and self.error.startswith('error: ')


def run_tool(name: str, *arguments: object, prepare: Callable[[], None] = lambda: None) -> End:
    """Run a tool as from the command line.

    Args:
        name: File name without ``.py``, or ``folder/name``.
        arguments: Its command line.
        prepare: Called in the new process before the tool, to set limits.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.dup2(writing, 2)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        code = 70
        sys.stderr = io.TextIOWrapper(os.fdopen(2, 'wb', 0, closefd=False), write_through=True)
        sys.stdout = io.TextIOWrapper(os.fdopen(1, 'wb', 0, closefd=False), write_through=True)
        try:
            sys.argv = [f'{name}.py', *map(str, arguments)]
            prepare()
            runpy.run_path(str(TOOLS / f'{name}.py'), run_name='__main__')
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        except BaseException:
            traceback.print_exc()
            code = 1
        finally:
            sys.stderr.flush()
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading, encoding='utf-8', errors='replace') as file:
        error = file.read()
    return End(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), error)


def limit_files(size: int) -> Callable[[], None]:
    """No file may get larger: what a full disk does, for one process."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def respect_modes() -> None:
    """Obey the modes of files as other users do: root gives up its right to pass over them."""
    if os.getuid() != 0:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header, data = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    assert libc.capget(header, data) == 0
    data[0] &= ~(1 << 1)  # CAP_DAC_OVERRIDE, of those in force
    assert libc.capset(header, data) == 0


def files_below(folder: Path) -> dict[str, bytes]:
    """Names and contents of all files, hidden ones too; locks are none."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob('*'))
        if path.is_file() and not path.name.endswith('.lock')
    }
