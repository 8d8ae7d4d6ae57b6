"""Whom predictions fall on, where they point, and whether they were right: any body of predictions, ours too."""
