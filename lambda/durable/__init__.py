"""Durable requests: journalled in two regions before they are settled in a ledger behind an epoch fence."""
