"""Cross-validation over people: which folds there are, their configs, and running them side by side."""
