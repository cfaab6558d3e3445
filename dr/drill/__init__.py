"""`dr drill`: a planned move there and back, on the environment as it is deployed, with evidence."""
