"""Tests of fairness: pure functions over plain tables of counts, one file a test.

Nothing here is fixed to a coding of race, an action, a place or a country: columns and groups are arguments. Only
`cells` reads the database. Modules that fit models load numpy and belong in the worker and in commands:
`logit`, `splines`, `adjusted`, `veil`, `hmc`, `threshold`, `planted`, `calibration`, and `cells` where it hands over
to them. `intervals`, `tables`, `benchmark`, `comparison`, `rates_by_group`, `outcome` and `sun` are plain Python.
"""
