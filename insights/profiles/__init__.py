"""The profile of the data: what each source brought, column by column, and what looks wrong. Everything from SQL."""
