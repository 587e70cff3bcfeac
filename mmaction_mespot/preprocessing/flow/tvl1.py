"""TV-L1 optical flow: the energy, its equations and its parameters.

Sources: Zach, Pock, Bischof: A Duality Based Approach for Realtime TV-L1 Optical Flow, DAGM 2007; Sanchez,
Meinhardt-Llopis, Facciolo: TV-L1 Optical Flow Estimation, IPOL 3, 2013 (called IPOL below).

The flow ``u = (u1, u2)`` from image ``I0`` to image ``I1`` minimises the total variation of the flow and the
absolute residual:

    E(u) = sum_x |grad u1| + |grad u2| + lambda |I1(x + u) - I0(x)|

Around a known flow ``u0`` the residual is taken as linear, ``rho(u) = I1(x + u0) + g . (u - u0) - I0(x)``
with the gradient ``g`` of ``I1(x + u0)``. An auxiliary flow ``v`` near ``u`` splits the energy in two:

    E(u, v) = sum_x |grad u1| + |grad u2| + |u - v|^2 / (2 theta) + lambda |rho(v)|

1. ``v`` for a fixed ``u`` is a step along the gradient, IPOL's thresholding in one formula:
   ``v = u + g clip(-rho(u) / |g|^2, -lambda theta, lambda theta)``. There is no step where ``g`` vanishes or
   ``x + u0`` leaves the image.
2. ``u`` for a fixed ``v``, by Chambolle's dual variables ``p_d`` of each component d:
   ``u_d = v_d + theta div p_d``, ``p_d <- (p_d + tau/theta grad u_d) / (1 + tau/theta |grad u_d|)``, with
   forward differences for the gradient and backward differences for the divergence.

These two are the inner iteration; it ends when the root mean square change of ``u`` falls to ``epsilon``. A
median filter on ``u`` opens each outer round; ``u0`` is renewed ``warps`` times a level; a pyramid of
``scales`` images, each ``scale_step`` times the size of the one before, hands the flow from coarse to fine.

As in OpenCV's ``DualTVL1OpticalFlow`` images are grey on the scale 0 to 255 and not smoothed beforehand,
and ``I1`` is interpolated with OpenCV's cubic kernel, whose sharpness keeps the noise of a still face from
drawing the flow to half pixels (Catmull-Rom's kernel makes a fifth more noise, the exact derivative of the
interpolated image five times as much). Three things differ, and together lower the end-point error:
positions are exact, not rounded to 1/32 px; ``g`` is the mean of the warped gradient of ``I1`` and the
gradient of ``I0``, as Sun, Roth, Black advise (Secrets of Optical Flow Estimation, CVPR 2010); no data is
made up beyond the border, where OpenCV reads zeros.
"""

from __future__ import annotations

from dataclasses import dataclass

from mmaction_mespot.errors import MESpotError

CUBIC = -0.75
"""Slope of the interpolation kernel at distance 1."""

GRADIENT_FLOOR = 1e-6
"""Squared gradients (grey levels per px, squared) below this count as none."""

SMALLEST_SIDE = 16
"""No level of the pyramid is smaller, px."""


@dataclass(frozen=True)
class TVL1Params:
    """Parameters of TV-L1; the defaults are OpenCV's.

    Attributes:
        tau: Step of the dual variables; up to 0.25 converges.
        lambda_: Weight of the data: smaller is smoother. Over 0.15 the noise of a still face grows fast.
        theta: Tightness between the two flows.
        scales: Levels of the pyramid, at most.
        scale_step: Size of a level in terms of the next finer one.
        warps: Times the residual is made linear anew on each level.
        epsilon: Root mean square change of the flow, px, at which the iterations end.
        inner_iterations: Iterations between median filters, at most.
        outer_iterations: Median filters a warp, at most.
        median_filtering: Side of the median filter, px: 1 (none), 3 or 5.

    Raises:
        MESpotError: A value is out of range.
    """

    tau: float = 0.25
    lambda_: float = 0.15
    theta: float = 0.3
    scales: int = 5
    scale_step: float = 0.8
    warps: int = 5
    epsilon: float = 0.01
    inner_iterations: int = 30
    outer_iterations: int = 10
    median_filtering: int = 5

    def __post_init__(self) -> None:
        for name in ('tau', 'lambda_', 'theta', 'scales', 'warps', 'inner_iterations', 'outer_iterations'):
            if getattr(self, name) <= 0:
                raise MESpotError(f'TVL1Params.{name} must be above 0, found {getattr(self, name)}')
        if not 0 < self.scale_step < 1:
            raise MESpotError(f'TVL1Params.scale_step must lie between 0 and 1, found {self.scale_step}')
        if self.epsilon < 0:
            raise MESpotError(f'TVL1Params.epsilon must not be negative, found {self.epsilon}')
        if self.median_filtering not in (1, 3, 5):
            raise MESpotError(f'TVL1Params.median_filtering must be 1, 3 or 5, found {self.median_filtering}')

    @classmethod
    def fast(cls) -> TVL1Params:
        """The quick set: three levels of half the size each, two warps, the 3 x 3 median.

        On faces it is about as exact and as quiet as the defaults, in under half the time
        (``tools/benchmarks/flow.py``), and its pyramid reaches further. Time is not saved on ``epsilon``:
        0.02 makes nearly twice the noise on a still face.
        """
        return cls(scales=3, scale_step=0.5, warps=2, median_filtering=3)


def pyramid_sizes(height: int, width: int, params: TVL1Params) -> list[tuple[int, int]]:
    """Sizes (height, width) of the pyramid, the finest first."""
    sizes = [(height, width)]
    while len(sizes) < params.scales:
        size = (round(sizes[-1][0] * params.scale_step), round(sizes[-1][1] * params.scale_step))
        if min(size) < SMALLEST_SIDE:
            break
        sizes.append(size)
    return sizes
