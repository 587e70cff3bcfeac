"""Pure counting on intervals, without configs or registries."""
