"""Structured logs: one JSON object a line, the same keys in every function."""

from aws_lambda_powertools import Logger

# Service name and level come from the POWERTOOLS_SERVICE_NAME and LOG_LEVEL keys that it knows itself.
logger = Logger(utc=True)
