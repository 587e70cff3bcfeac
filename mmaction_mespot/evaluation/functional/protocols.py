"""The protocols of the field, as presets."""

from __future__ import annotations

import math
from dataclasses import replace

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.functional.length_limits import LengthLimits
from mmaction_mespot.evaluation.functional.protocol import Protocol

DEFAULT = Protocol(source='standard detection counting; the paper, section IV, with T_eval = 0.5')

PROTOCOLS = {
    protocol.name: protocol
    for protocol in (
        DEFAULT,
        Protocol(
            'megc2020',
            matching='per_label',
            length_limits=(
                LengthLimits(30, (17, 7), (math.inf, 16)),
                LengthLimits(200, (106, 47), (math.inf, 105)),
            ),
            source='official baseline of the Micro-Expression Grand Challenge 2020 (MDMD)',
        ),
        Protocol('softnet', videos='with_class', source='SOFTNet 2021; also MTSN, SL-Swin, ME-TST'),
        Protocol(
            'lgsnet',
            matching='best_per_label',
            class_rule='by_duration',
            same_class=False,
            top_k=14,
            floor_ends=True,
            strict_scores=True,
            offset_rule='apex+20-all',
            source='LGSNet 2023; also LSSNet',
        ),
        Protocol(
            'auwgcn',
            matching='per_label',
            strict=True,
            inclusive_ends=False,
            offset_rule='zero',
            source='AUW-GCN 2023; also ABPN',
        ),
        Protocol(
            'offd',
            matching='per_label',
            same_class=False,
            source='OF-FD (He Yuhong 2021); read overall, with labels read by apex or by apex+20',
        ),
        Protocol(
            'zhao2022',
            matching='per_label',
            class_rule='by_duration',
            same_class=False,
            source='Zhao et al. 2022, the successor of OF-FD: class by duration',
        ),
        Protocol(
            'strs', matching='label_once', source='spot-then-recognise score (MEAN 2023, MEGC 2023-2025)'
        ),
    )
}
"""The presets by name."""


def get_protocol(name: str) -> Protocol:
    """Look up a preset.

    Raises:
        MESpotError: If there is none of that name; the message lists the names.
    """
    if name not in PROTOCOLS:
        raise MESpotError(f'protocol {name!r} is unknown, expected one of {", ".join(PROTOCOLS)}')
    return PROTOCOLS[name]


def as_protocol(rule: Protocol | float) -> Protocol:
    """A protocol as it is; a number is the default protocol with this IoU threshold."""
    return rule if isinstance(rule, Protocol) else replace(DEFAULT, iou_threshold=rule)
