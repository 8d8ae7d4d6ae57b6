"""Published tables of stop, search and hit rates by place and group: ranked, compared, and what may be made of them."""
