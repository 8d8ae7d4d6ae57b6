"""SecureCheck: the site that holds the ledger, the insights and the predictions together."""
