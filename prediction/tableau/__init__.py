"""Crime by the hour as functions of a TabPy server, which Tableau calls."""
