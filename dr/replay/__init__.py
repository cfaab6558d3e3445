"""`dr events`: the archive of a region's bus, told again."""
