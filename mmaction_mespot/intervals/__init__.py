"""Pure functions on intervals of time: overlap, suppression, windows, the time grid."""
