"""Trust in the police, from survey figures: levels with their bands, drivers, and what could be done."""
