"""Application load balancers: the documented rules as pure functions, and a reverse proxy that obeys them.

Pure: model, reading, health, targets, spread, matching, headers, tracing, access_log, metrics. They know
no socket and no clock. Shell: checks, proxy, listeners, plane, source.
"""
