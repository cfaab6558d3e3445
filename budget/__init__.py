"""The recovery budget: what settings and AWS add up to, held against what the business asked for. Pure."""
