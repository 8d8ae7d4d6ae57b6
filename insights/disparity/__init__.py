"""The pages of the tests of fairness: arguments from the address, counts from facts and cubes, reports for people.

The tests themselves are the pure functions of `insights.fairness`; here is only what a page needs around them. Tests that
fit a model run in the worker, and their results are kept (`runs`).
"""
