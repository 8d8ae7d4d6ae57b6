"""No tables of its own; the module lets Django tell this app when a migrate is done."""
