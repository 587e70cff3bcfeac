from __future__ import annotations

import numpy as np

from mmaction_mespot.spotting.crops import SpotCrops


def test_crops_come_back_in_any_order_in_rgb() -> None:
    with SpotCrops() as crops:
        for value in range(0, 200, 10):
            crop = np.zeros((16, 16, 3), np.uint8)
            crop[..., 0] = value
            crops.append(crop)
        assert len(crops) == 20
        for position in (3, 0, 19, 3):
            red, green, blue = crops.picture(position).reshape(-1, 3).mean(0)
            assert abs(red - 10 * position) < 4 and green < 4 and blue < 4
        assert crops.jpeg(0).startswith(b'\xff\xd8')
        first = crops.jpeg(0)
        crops.append(np.zeros((16, 16, 3), np.uint8))  # after reading
        assert crops.jpeg(0) == first and crops.picture(20).max() < 4
