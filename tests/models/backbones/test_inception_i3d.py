import pytest
import torch

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.models.backbones import InceptionI3D


@pytest.mark.parametrize(('frames', 'lengths'), [(64, (32, 16, 8)), (19, (10, 5, 3)), (21, (11, 6, 3))])
def test_levels_of_any_length(frames: int, lengths: tuple[int, ...]) -> None:
    with torch.device('meta'):
        levels = InceptionI3D()(torch.empty(2, 3, frames, 224, 200))
    assert [tuple(level.shape) for level in levels] == [
        (2, channels, length, height, width)
        for channels, length, height, width in zip(
            (480, 832, 1024), lengths, (28, 14, 7), (25, 13, 7), strict=True
        )
    ]


def test_it_has_the_published_number_of_weights() -> None:
    """12.7 M with the 400 x 1024 weights and 400 biases of the classifier of Kinetics."""
    with torch.device('meta'):
        count = sum(p.numel() for p in InceptionI3D().parameters())
    assert count == 12_287_264
    assert (count + 400 * 1024 + 400) / 1e6 == pytest.approx(12.7, abs=0.01)


def test_another_number_of_channels_is_an_error() -> None:
    with pytest.raises(MESpotError, match=r'takes \(N, 2, T, H, W\), found \(1, 3, 8, 32, 32\)'):
        InceptionI3D(2)(torch.zeros(1, 3, 8, 32, 32))
