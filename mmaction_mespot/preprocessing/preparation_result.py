"""What a run of the preparation did."""

from __future__ import annotations

from dataclasses import dataclass, field

from .disk_use import DiskUse


@dataclass
class PreparationResult:
    """Video ids by what happened to them.

    Attributes:
        prepared: Videos of this run.
        skipped: Videos that an earlier run had finished.
        failed: Videos that can't be prepared, with the reasons.
        left: Videos that other shards have not come to, or made with other settings.
        disk: What the finished videos of the folder take.
    """

    prepared: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    disk: DiskUse = field(default_factory=DiskUse)

    def summary(self) -> str:
        """The counts and the disk use, a line each."""
        lines = [
            f'{len(self.prepared)} videos prepared, {len(self.skipped)} were done before, '
            f'{len(self.failed)} failed'
        ]
        if self.disk.minutes:
            lines.append(str(self.disk))
        if self.left:
            lines.append(
                f'{len(self.left)} videos are left to the other shards; '
                'the shard that ends last writes annotations.json'
            )
        return '\n'.join(lines)
