"""Faults of a config, found while its components are built, told from bugs."""

from __future__ import annotations

import contextlib
import difflib
import inspect
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mmengine.config import Config
from mmengine.registry import OPTIMIZERS, RUNNERS, Registry

from mmaction_mespot.atomic_file import naming
from mmaction_mespot.errors import MESpotError

_OWN = 'mmaction_mespot'
_PLAIN: dict[str, tuple[type, ...]] = {'int': (int,), 'float': (int, float), 'bool': (bool,), 'str': (str,)}


def read_config(path: str | Path, needed: Sequence[str] = ('model',)) -> Config:
    """Read a config file; it is a program and is run.

    Args:
        path: The file.
        needed: Keys that it must have. Defaults to the model.

    Raises:
        MESpotError: It is not there, fails, or lacks a key.
    """
    if not Path(path).is_file():
        raise MESpotError(f'config not found: {path}')
    try:
        with naming(Path(tempfile.gettempdir())):  # where MMEngine copies it to
            cfg = Config.fromfile(str(path))
    except Exception as error:  # a config is code: it may raise anything
        if isinstance(error, OSError) and not isinstance(error, FileNotFoundError):
            raise  # the machine's, such as a full disk; a missing file is a wrong name in the config
        raise MESpotError(f'config {path} cannot be read: {type(error).__name__}: {error}') from error
    missing = [key for key in needed if cfg.get(key) is None]
    if missing:
        raise MESpotError(f'config {path} has no {" and no ".join(missing)}; found {sorted(cfg.keys())}')
    return cfg


@contextlib.contextmanager
def config_faults(config: str | Path) -> Iterator[None]:
    """While a config is built: what it asks for and can't be had becomes a :class:`MESpotError`.

    A type that nobody registered, an argument that a component does not take, and what a component of
    MMEngine, MMAction2 or torch says of its arguments. What else goes wrong in a component of this package
    is a bug, and stays what it is: ours say themselves, as a MESpotError, what they do not like.

    Args:
        config: The config's name, for the message.

    Raises:
        MESpotError: The config is at fault.
    """
    original, look_up = Registry.build, Registry.get
    passed: list[Exception] = []

    def build(registry: Registry, cfg: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return original(registry, cfg, *args, **kwargs)
        except (MESpotError, OSError, MemoryError):
            raise
        except Exception as error:
            # The innermost component decides: those around it only hand its error on.
            if not any(error is one for one in passed):
                fault = _fault(registry, cfg, error)
                if fault:
                    raise MESpotError(f'config {config}: {fault}') from error
                passed.append(error)
            raise

    def get(registry: Registry, key: str) -> Any:
        found = look_up(registry, key)
        if found is None and registry.name == OPTIMIZERS.name:  # MMEngine goes on with the None
            raise MESpotError(f'config {config}: {_unknown(registry, key)}')
        return found

    Registry.build, Registry.get = build, get
    try:
        yield
    except AttributeError as error:
        missing = re.fullmatch(r"'ConfigDict' object has no attribute '(\w+)'", str(error))
        if missing is None:
            raise
        raise MESpotError(f'config {config}: no {missing[1]!r} where one is needed') from error
    finally:
        Registry.build, Registry.get = original, look_up


def _fault(registry: Registry, cfg: Any, error: Exception) -> str:
    """What the config asks for in vain; empty where the component itself is broken."""
    if registry.name == RUNNERS.name:
        cfg = {'type': cfg.get('runner_type', 'Runner')}
    if not isinstance(cfg, Mapping) or 'type' not in cfg:
        return f'found {cfg!r:.80} where a component is expected, dict(type=...)'
    kind = cfg['type']
    component = kind
    if isinstance(kind, str):
        with registry.switch_scope_and_registry(cfg.get('_scope_')) as found:
            component = found.get(kind)
            if component is None:
                return _unknown(found, kind)
    given = {str(key): value for key, value in cfg.items() if key not in ('type', '_scope_')}
    parameters = _parameters(component)
    wrong = _unknown_arguments(parameters, given) or _arguments_of_wrong_type(parameters, given)
    if wrong:
        return f'{kind}: {", ".join(wrong)}'
    if not getattr(component, '__module__', '').startswith(_OWN):
        return f'{kind}: {type(error).__name__}: {error}'
    missing = [one for one, parameter in parameters.items() if parameter.default is parameter.empty]
    missing = [one for one in missing if one not in given and f'{one!r}' in str(error)]
    return f'{kind} needs {", ".join(missing)}' if isinstance(error, TypeError) and missing else ''


def _unknown(registry: Registry, kind: str) -> str:
    names = list(registry.module_dict)
    for other in (*registry.children.values(), *([registry.parent] if registry.parent else [])):
        names += other.module_dict
    near = difflib.get_close_matches(kind, names, 1)
    return f'no {registry.name} {kind!r}' + (f', did you mean {near[0]!r}?' if near else '')


def _parameters(component: Any) -> dict[str, inspect.Parameter]:
    """The arguments by name; none where they are not known, or any is taken."""
    try:
        parameters = inspect.signature(component).parameters
    except (TypeError, ValueError):
        return {}
    if any(one.kind is one.VAR_KEYWORD for one in parameters.values()):
        return {}
    return {name: one for name, one in parameters.items() if one.kind is not one.VAR_POSITIONAL}


def _unknown_arguments(parameters: Mapping[str, inspect.Parameter], given: Mapping[str, Any]) -> list[str]:
    unknown = [key for key in given if key not in parameters] if parameters else []
    return [f'takes no {", ".join(unknown)}, only {", ".join(parameters)}'] if unknown else []


def _arguments_of_wrong_type(
    parameters: Mapping[str, inspect.Parameter], given: Mapping[str, Any]
) -> list[str]:
    """Of the arguments that are declared as plain numbers or texts."""
    wrong = []
    for key, value in given.items():
        declared = str(parameters[key].annotation) if key in parameters else ''
        if declared in _PLAIN and (not isinstance(value, _PLAIN[declared]) or _is_odd_bool(declared, value)):
            wrong.append(f'{key}: found {value!r:.80}, expected {declared}')
    return wrong


def _is_odd_bool(declared: str, value: Any) -> bool:
    return isinstance(value, bool) and declared != 'bool'
