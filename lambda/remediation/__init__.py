"""Mitigation by alarm: what ails a system of instances and one database, and the one thing to do about it."""
