"""The read-only JSON API: the figures of the insights, the stops within reach, code lists. The pages' own filters and rights."""
