"""The lease, the keeper that renews or takes it, and the steps of a takeover."""
