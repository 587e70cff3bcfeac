from __future__ import annotations

import multiprocessing
import sys

import pytest

from mmaction_mespot.interrupts import interruptible


def complain() -> None:
    """What the standard library does in a thread that shares tensors, once the other side has ended."""
    for error in (ConnectionResetError('the tool is gone'), EOFError('so it is'), KeyError('a bug')):
        sys.excepthook(type(error), error, None)


@pytest.mark.skipif('fork' not in multiprocessing.get_all_start_methods(), reason='no fork')
def test_a_forked_worker_does_not_complain_that_the_tool_has_ended(capfd: pytest.CaptureFixture) -> None:
    before = sys.excepthook
    with interruptible():
        worker = multiprocessing.get_context('fork').Process(target=complain)
        worker.start()
        worker.join(30)
        said = capfd.readouterr().err
        assert 'a bug' in said and 'gone' not in said and 'so it is' not in said
        complain()
        assert 'the tool is gone' in capfd.readouterr().err
    assert sys.excepthook is before
