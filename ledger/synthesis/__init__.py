"""Made-up stops for demonstrations, trials and tests, with effects that are planted on purpose (docs/demo.md)."""
