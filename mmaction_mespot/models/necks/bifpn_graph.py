"""The bidirectional feature pyramid as data."""

from __future__ import annotations

from typing import NamedTuple

from mmaction_mespot.errors import MESpotError


class Node(NamedTuple):
    """One fusion of a BiFPN layer.

    Attributes:
        level: Pyramid level whose size the result takes, 0 = the finest.
        inputs: Indices of the fused features: 0 to ``num_levels - 1`` are the layer's inputs, fine to coarse,
            every node's result follows in order.
    """

    level: int
    inputs: tuple[int, ...]


def bifpn_nodes(num_levels: int) -> tuple[list[Node], list[int]]:
    """List the nodes of one BiFPN layer (paper, figure 2c and section III-C).

    For five levels, P3 to P7: P6_td, P5_td, P4_td, P3_out on the way down, P4_out, P5_out, P6_out, P7_out on
    the way up::

        P6_td = (P6_in, P7_in)   P5_td = (P5_in, P6_td)   P4_td = (P4_in, P5_td)   P3_out = (P3_in, P4_td)
        P4_out = (P4_in, P4_td, P3_out)  ...  P6_out = (P6_in, P6_td, P5_out)   P7_out = (P7_in, P6_out)

    Args:
        num_levels: Number of levels, at least 2.

    Returns:
        The nodes in the order of computation, and the index of each level's output, fine to coarse.

    Raises:
        MESpotError: If there are fewer than two levels.
    """
    if num_levels < 2:
        raise MESpotError(f'a BiFPN needs at least 2 levels, found num_levels={num_levels}')
    nodes: list[Node] = []
    newest = list(range(num_levels))

    def add(level: int, inputs: tuple[int, ...]) -> None:
        nodes.append(Node(level, inputs))
        newest[level] = num_levels + len(nodes) - 1

    for level in range(num_levels - 2, -1, -1):
        add(level, (level, newest[level + 1]))
    for level in range(1, num_levels):
        between = (newest[level],) if level < num_levels - 1 else ()
        add(level, (level, *between, newest[level - 1]))
    return nodes, newest
