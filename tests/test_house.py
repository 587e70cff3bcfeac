"""The house: rooms on floors, imports that run downward only, no circle, no crumbs, no warehouse."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from graphlib import TopologicalSorter
from pathlib import Path

PACKAGE = 'mmaction_mespot'
ROOT = Path(__file__).parents[1] / PACKAGE
MODULES = {
    '.'.join(path.relative_to(ROOT.parent).with_suffix('').parts).removesuffix('.__init__'): path
    for path in ROOT.rglob('*.py')
    if 'third_party' not in path.parts  # what the build puts in
}
GROUND = 0
FLOORS: tuple[set[str], ...] = (
    set(),  # the single modules of the package: files, errors, compatibility
    {'intervals', 'checkpoints'},
    {'preprocessing', 'evaluation', 'exports', 'models'},
    {'annotations', 'spotters', 'synthetic'},
    {'datasets', 'visualization'},
    {'engine', 'study'},
    {'apis'},
    {'spotting'},
    {'reports'},
    {'cross_validation', 'viewer', 'commands'},
)
CRUMB_LINES, MOST_CRUMBS = 50, 40
MOST_FILES = {'annotations': 30, 'apis': 14}
MOST_FILES_ELSEWHERE = 25


def _resolve(module: str, path: Path, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ''
    parts = module.split('.') if path.name == '__init__.py' else module.split('.')[:-1]
    kept = parts[: len(parts) - node.level + 1]
    return '.'.join([*kept, *([node.module] if node.module else [])])


def _imports(module: str, path: Path, nodes: Sequence[ast.stmt]) -> Iterator[str]:
    """Modules of the package that a module imports when it is imported itself."""
    for node in nodes:
        if isinstance(node, ast.If):
            if not (isinstance(node.test, ast.Name) and node.test.id == 'TYPE_CHECKING'):
                yield from _imports(module, path, [*node.body, *node.orelse])
        elif isinstance(node, ast.Try):
            yield from _imports(module, path, node.body)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in MODULES)
        elif isinstance(node, ast.ImportFrom):
            base = _resolve(module, path, node)
            for alias in node.names:
                found = f'{base}.{alias.name}' if f'{base}.{alias.name}' in MODULES else base
                if found in MODULES:
                    yield found


GRAPH = {
    module: set(_imports(module, path, ast.parse(path.read_text(encoding='utf-8')).body))
    for module, path in MODULES.items()
}


def _room(module: str) -> str:
    """The room that a module lies in; '' for the single modules of the package."""
    parts = module.split('.')[1:]
    return parts[0] if parts and (ROOT / parts[0]).is_dir() else ''


def _floor(room: str) -> int:
    return next((i for i, rooms in enumerate(FLOORS) if room in rooms), GROUND)


def test_every_room_has_a_floor() -> None:
    rooms = {_room(module) for module in MODULES} - {''}
    assert rooms == set().union(*FLOORS)


def test_imports_run_downward_only() -> None:
    upward = [
        f'{module} imports {found}'
        for module, imported in GRAPH.items()
        for found in imported
        if _room(module) != _room(found)
        and _floor(_room(found)) >= _floor(_room(module))
        and _room(module) != ''
    ]
    upward += [
        f'{module} imports {found}'
        for module, imported in GRAPH.items()
        for found in imported
        if _room(module) == '' and _room(found) != '' and module not in (f'{PACKAGE}.components', PACKAGE)
    ]
    assert upward == []


def test_no_circle() -> None:
    TopologicalSorter(GRAPH).prepare()  # raises CycleError with the circle


def test_few_crumbs() -> None:
    crumbs = [
        path.relative_to(ROOT).as_posix()
        for path in MODULES.values()
        if path.name != '__init__.py' and len(path.read_text(encoding='utf-8').splitlines()) < CRUMB_LINES
    ]
    assert len(crumbs) <= MOST_CRUMBS, crumbs


def test_no_folder_is_a_warehouse() -> None:
    files = Counter(path.parent.relative_to(ROOT).as_posix() for path in MODULES.values())
    too_full = {
        folder: count
        for folder, count in files.items()
        if count > MOST_FILES.get(folder, MOST_FILES_ELSEWHERE)
    }
    assert too_full == {}
