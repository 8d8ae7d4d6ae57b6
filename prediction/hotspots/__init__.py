"""Hot spots: where reported crimes lie close together, and how well the places of one year foretold those of the next month."""
