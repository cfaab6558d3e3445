"""`dr rewind`: the ledger as it was at a moment, beside the one that serves."""
