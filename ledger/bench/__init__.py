"""How quick an import is, beside what others would do with the same rows. Run by `script/bench-import`."""
