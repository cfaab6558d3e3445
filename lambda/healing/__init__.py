"""What heals the single-region system: it looks, decides, asks a person where that is due, and acts."""
