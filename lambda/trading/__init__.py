"""The functions of the trading platform."""
