"""A selective state-space layer in plain torch."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def selective_scan(
    inputs: Tensor, steps: Tensor, decay: Tensor, to_state: Tensor, from_state: Tensor, skip: Tensor
) -> Tensor:
    """Run the recurrence ``h_t = exp(step_t A) h_{t-1} + step_t B_t x_t``, ``y_t = C_t h_t + D x_t``.

    One step of the sequence after the other: exact for any length, without a compiled operator.

    Args:
        inputs: x, (N, T, D).
        steps: Step sizes, above 0, (N, T, D).
        decay: A, negative, (D, S).
        to_state: B, (N, T, S).
        from_state: C, (N, T, S).
        skip: D, (D,).

    Returns:
        y, (N, T, D).
    """
    # (T, N, D, S), so that each step is one contiguous piece.
    keep = torch.exp(steps.transpose(0, 1)[..., None] * decay)
    enter = (steps * inputs).transpose(0, 1)[..., None] * to_state.transpose(0, 1)[:, :, None]
    read = from_state.transpose(0, 1)
    state = inputs.new_zeros(inputs.shape[0], inputs.shape[2], decay.shape[1])
    outputs = []
    for kept, entered, reading in zip(keep.unbind(0), enter.unbind(0), read.unbind(0), strict=True):
        state = kept * state + entered
        outputs.append(torch.einsum('nds,ns->nd', state, reading))
    return torch.stack(outputs, dim=1) + inputs * skip


class StateSpaceBlock(nn.Module):
    """Mamba's block: a gate, a short causal convolution and a selective scan, added to what comes in.

    Gu and Dao, "Mamba: Linear-Time Sequence Modeling with Selective State Spaces", 2023, section 3.

    Args:
        channels: Width of the sequence.
        state: Numbers of state for each inner channel.
        kernel: Of the causal convolution.
        expand: Inner channels for each outer one.
    """

    def __init__(self, channels: int, state: int = 64, kernel: int = 4, expand: int = 2) -> None:
        super().__init__()
        inner = expand * channels
        self.rank = max(1, math.ceil(channels / 16))
        self.state = state
        self.norm = nn.LayerNorm(channels)
        self.enter = nn.Linear(channels, 2 * inner, bias=False)
        self.conv = nn.Conv1d(inner, inner, kernel, groups=inner, padding=kernel - 1)
        self.select = nn.Linear(inner, self.rank + 2 * state, bias=False)
        self.steps = nn.Linear(self.rank, inner)
        self.log_decay = nn.Parameter(torch.arange(1.0, state + 1).log().repeat(inner, 1))
        self.skip = nn.Parameter(torch.ones(inner))
        self.leave = nn.Linear(inner, channels, bias=False)
        # softplus of the bias is a step of .001 to .1, log-uniform
        first = torch.exp(torch.rand(inner) * (math.log(0.1) - math.log(0.001)) + math.log(0.001))
        with torch.no_grad():
            self.steps.bias.copy_(first + torch.log(-torch.expm1(-first)))

    def forward(self, sequence: Tensor) -> Tensor:
        """(N, T, channels) to the same shape."""
        length = sequence.shape[1]
        inner, gate = self.enter(self.norm(sequence)).chunk(2, dim=-1)
        inner = F.silu(self.conv(inner.transpose(1, 2))[..., :length].transpose(1, 2))
        rank, to_state, from_state = self.select(inner).split([self.rank, self.state, self.state], dim=-1)
        steps = F.softplus(self.steps(rank))
        scanned = selective_scan(inner, steps, -self.log_decay.exp(), to_state, from_state, self.skip)
        return sequence + self.leave(scanned * F.silu(gate))
