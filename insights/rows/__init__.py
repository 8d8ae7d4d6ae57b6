"""The rows behind the figures: persons stopped, one a line, for those who may read the stops of an agency."""
