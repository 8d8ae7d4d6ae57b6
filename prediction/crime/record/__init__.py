"""What was said of a month, kept as it was said, and held against what came."""
