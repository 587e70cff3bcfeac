from . import backbones, data_preprocessors, heads, localizers, losses, necks, task_modules

__all__ = ['backbones', 'data_preprocessors', 'heads', 'localizers', 'losses', 'necks', 'task_modules']
