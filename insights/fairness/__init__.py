"""Tests of fairness: pure functions over plain tables of counts, one file a test.

Nothing here is fixed to a coding of race, an action, a place or a country: columns and groups are arguments. Only
`cells`, `evening_cells`, `months` and `positions` read the database, `made_up` draws the made-up stops. Modules that fit models or follow the sun load
numpy, and belong in the worker and in commands. `benchmark`, `comparison`, `rates_by_group`, `outcome`, `heaping`,
`intervals`, `tables`, `cells`, `months` and `checks` load none, and may serve pages.
"""
