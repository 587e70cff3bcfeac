"""ELAN's annotation files (``.eaf``), by pympi."""

from __future__ import annotations

from pathlib import Path

from pympi.Elan import Eaf

from .coded_interval import CodedInterval, Coding, class_of_tier, end_s, milliseconds, tiers_of

_MIME_TYPES = {'.mp4': 'video/mp4', '.m4v': 'video/mp4', '.mov': 'video/quicktime', '.avi': 'video/x-msvideo'}


def write_eaf(coding: Coding, path: Path) -> None:
    """Write one tier per class with the media linked; ELAN knows whole milliseconds."""
    eaf = Eaf(author='mmaction_mespot')
    eaf.remove_tier('default')
    mime_type = _MIME_TYPES.get(coding.media.suffix.lower(), 'video/*')
    media = coding.media.resolve()
    eaf.add_linked_file(media.as_uri(), relpath=f'./{media.name}', mimetype=mime_type)
    for name, intervals in tiers_of(coding.intervals).items():
        eaf.add_tier(name)
        for one in intervals:
            eaf.add_annotation(name, milliseconds(one.onset_s), milliseconds(end_s(one)), one.text)
    eaf.to_file(str(path))


def read_eaf(path: Path) -> list[CodedInterval]:
    """Read the tiers that are named like a class; others are passed over."""
    eaf = Eaf(str(path), suppress_version_warning=True)
    found = []
    for name in eaf.get_tier_names():
        label = class_of_tier(name)
        if label is not None:
            for start, end, text, *_ in eaf.get_annotation_data_for_tier(name):
                found.append(CodedInterval(label, start / 1000, end / 1000).with_text(text or ''))
    return found
