"""Every command of the README and of the docs is one that its tool understands, on files that are there."""

from __future__ import annotations

import argparse
import re
import runpy
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mmaction_mespot.commands.mespot import COMMANDS

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / 'README.md', *sorted((ROOT / 'docs').rglob('*.md'))]
# Not ours: that they exist is what a reader checks.
OTHERS = {
    'bash',
    'cd',
    'conda',
    'docker',
    'eval',
    'export',
    'for',
    'done',
    'git',
    'mim',
    'mkdocs',
    'mypy',
    'pytest',
    'ruff',
    'pip',
    'register-python-argcomplete',
    'source',
    'torchrun',
}
# Of the repository, so they have to be there; all else is the reader's own.
OWN = re.compile(r'^(configs|docs|tools|mmaction_mespot)/[\w./]+\.(py|md|sh|csv|json)$')
ASSIGNMENT = re.compile(r'^[A-Za-z_]\w*=')


class ParsedError(Exception):
    """A tool has parsed its command line."""


def commands(page: Path) -> Iterator[list[str]]:
    """The words of each command in the blocks of a page, without variables before and redirections behind."""
    text = page.read_text(encoding='utf-8')
    for block in re.findall(r'^```(?:bash|sh)\n(.*?)^```', text, flags=re.M | re.S):
        for line in re.sub(r'\\\n\s*', ' ', block).splitlines():
            for part in re.split(r'\s*(?:;|&&|\|\||\|)\s+', re.sub(r'(^|\s)#.*', '', line).strip()):
                words = shlex.split(part)
                while words and (ASSIGNMENT.match(words[0]) or words[0] in ('do', 'nohup', 'time')):
                    words = words[1:]
                if words[:1] == ['srun']:
                    words = words[words.index('python') :]
                if words:
                    yield words[: next((i for i, word in enumerate(words) if word.startswith('>')), None)]


FOUND = [(page, words) for page in PAGES for words in commands(page)]


def tool_of(words: list[str]) -> tuple[Path, list[str]] | None:
    """The tool that a command runs, with its arguments; None for other programs."""
    if words[0] == 'mespot':
        if words[1:2] == ['--version']:
            return None
        assert words[1] in COMMANDS, f'mespot {words[1]}: no such command'
        return ROOT / 'tools' / f'{COMMANDS[words[1]][0]}.py', words[2:]
    if words[0] in ('python', 'python3', '.venv/bin/python'):
        arguments = words[1:]
        while arguments and arguments[0] in ('-u', '-I'):
            arguments = arguments[1:]
        if arguments[0] == 'tools/setup_env.py':
            arguments = arguments[1:] or arguments
        if arguments[0] == '-m':
            return None
        return ROOT / arguments[0], arguments[1:]
    if words[0] == 'bash' and words[1].startswith('tools/'):
        return (ROOT / words[1]).with_suffix('.py'), words[2:]
    assert words[0] in OTHERS, f'{words[0]}: an unknown program; add it to OTHERS if it is meant'
    return None


def test_commands_are_found() -> None:
    assert len(FOUND) > 80
    assert {page.name for page, _ in FOUND} >= {'README.md', 'install.md', 'own_video.md', 'protocols.md'}


@pytest.mark.parametrize(
    ('page', 'words'),
    FOUND,
    ids=lambda value: ' '.join(value)[:60] if isinstance(value, list) else value.name,
)
def test_a_tool_understands_its_command(
    page: Path, words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = [word for word in words if OWN.match(word) and not (ROOT / word).is_file()]
    assert not missing, f'{page.name}: {missing} are not in the repository'
    found = tool_of(words)
    if found is None or found[1][:1] == ['...'] or '...' in words:
        return
    tool, arguments = found
    assert tool.is_file(), f'{page.name}: {tool} is not there'
    if 'ArgumentParser' not in tool.read_text(encoding='utf-8') and 'run_command' not in tool.read_text():
        return
    parse = argparse.ArgumentParser.parse_args

    def parse_and_stop(parser: argparse.ArgumentParser, *given: object) -> None:
        parse(parser, *given)  # type: ignore[call-overload]
        raise ParsedError

    monkeypatch.setattr(argparse.ArgumentParser, 'parse_args', parse_and_stop)
    monkeypatch.setattr(sys, 'argv', [str(tool), *arguments])
    monkeypatch.setattr(sys, 'path', [str(tool.parent), *sys.path])
    try:
        runpy.run_path(str(tool), run_name='__main__')
    except ParsedError:
        return
    except SystemExit:
        pytest.fail(f'{page.name}: {" ".join(words)}\n{capsys.readouterr().err}')
    pytest.fail(f'{tool} did not parse its command line')
