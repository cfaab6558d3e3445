"""The trading platform: order entry on instances in two regions, Aurora MySQL below."""
