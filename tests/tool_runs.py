"""Runs a tool in a process of its own, forked so that nothing is imported anew."""

from __future__ import annotations

import contextlib
import ctypes
import io
import logging
import os
import resource
import runpy
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2

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


@dataclass
class Run:
    """A tool at work.

    Attributes:
        pid: Its process, the first of a session and group of its own.
        reading: The end of the pipe of its standard error.
    """

    pid: int
    reading: int

    def end(self) -> End:
        """Wait for it."""
        with os.fdopen(self.reading, encoding='utf-8', errors='replace') as file:
            error = file.read()
        return End(os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1]), error)

    def others(self) -> list[int]:
        """The living processes of its session but itself."""
        found = []
        for path in Path('/proc').glob('[0-9]*'):
            with contextlib.suppress(OSError):
                words = (path / 'stat').read_text().rpartition(')')[2].split()
                if int(words[3]) == self.pid != int(path.name) and words[0] != 'Z':
                    found.append(int(path.name))
        return found


def run_tool(name: str, *arguments: object, prepare: Callable[[], None] = lambda: None) -> End:
    """Run a tool as from the command line.

    Args:
        name: File name without ``.py``, or ``folder/name``; what follows a blank is no part of it.
        arguments: Its command line.
        prepare: Called in the new process before the tool, to set limits.
    """
    return start_tool(name, *arguments, prepare=prepare).end()


def start_tool(name: str, *arguments: object, prepare: Callable[[], None] = lambda: None) -> Run:
    """Start a tool; arguments as of :func:`run_tool`."""
    reading, writing = os.pipe()
    cv2.setNumThreads(1)  # its threads don't live on in a fork, which would wait for them
    child = os.fork()
    if child == 0:
        os.setsid()
        # What a shell runs in the background ignores it, and hands that on.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.close(reading)
        os.dup2(writing, 2)
        os.close(writing)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        logging.raiseExceptions = False  # handlers of before write to where the suite looks, a file
        code = 70
        sys.stderr = io.TextIOWrapper(os.fdopen(2, 'wb', 0, closefd=False), write_through=True)
        sys.stdout = io.TextIOWrapper(os.fdopen(1, 'wb', 0, closefd=False), write_through=True)
        try:
            script = str(TOOLS / f'{name.split(" ")[0]}.py')
            sys.argv = [script, *map(str, arguments)]
            prepare()
            runpy.run_path(script, run_name='__main__')
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        except BaseException:
            traceback.print_exc()
            code = 1
        finally:
            sys.stderr.flush()
            os._exit(code)
    os.close(writing)
    return Run(child, reading)


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
