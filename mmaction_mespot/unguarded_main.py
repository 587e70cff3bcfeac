"""Processes for scripts that lack ``if __name__ == '__main__':``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_main() -> Iterator[None]:
    """Keep processes that are started meanwhile from running the user's script again.

    A spawned process imports the main script first, and a script without the guard begins anew in it: it
    starts processes of its own, which fails. What our processes do lies in the package and needs no main.
    """
    main = sys.modules['__main__']
    kept = {name: vars(main)[name] for name in ('__file__', '__spec__') if name in vars(main)}
    vars(main).pop('__file__', None)
    vars(main)['__spec__'] = None
    try:
        yield
    finally:
        vars(main).update(kept)
