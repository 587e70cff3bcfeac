from __future__ import annotations

from dataclasses import replace

import pytest

from mmaction_mespot.synthetic.camera import Camera
from mmaction_mespot.synthetic.events import plan_dataset
from mmaction_mespot.synthetic.recipes import SIZES
from mmaction_mespot.synthetic.still import Still, frame_still
from mmaction_mespot.synthetic.stills import find_people, read_picture
from mmaction_mespot.synthetic.video_plan import VideoPlan


@pytest.fixture(scope='session')
def still() -> Still:
    path = find_people()[9].resting[0]
    return frame_still(read_picture(path), str(path), 240, 288)


@pytest.fixture
def quiet_plan() -> VideoPlan:
    """A plan of one second without any motion or event."""
    plan = plan_dataset(SIZES['tiny'])[0]
    return replace(
        plan, person=10, camera=Camera(), total_frames=30, head_scale=0.0, drift=0.0, events=(), morph=False
    )
