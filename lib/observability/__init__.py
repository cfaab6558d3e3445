"""Logs, traces, alarms and who is told."""
