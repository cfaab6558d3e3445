"""One state a region, one for what must be there before, one for what needs both."""
