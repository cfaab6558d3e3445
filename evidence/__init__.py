"""Sealed evidence of drills: manifest, run folder, verification."""
