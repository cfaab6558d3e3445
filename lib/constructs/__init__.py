"""One capability a file. A construct knows its region only as a value."""
