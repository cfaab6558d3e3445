"""The recovery: who decides, who takes over, and how that is tried."""
