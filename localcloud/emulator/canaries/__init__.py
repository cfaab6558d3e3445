"""CloudWatch Synthetics: canaries whose scripts run in Node by their schedules.

Scripts may run steps and ask for URLs. There is no browser, and no screenshot.
"""
