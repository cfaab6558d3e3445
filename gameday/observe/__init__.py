"""What is seen of the system while a drill runs."""
