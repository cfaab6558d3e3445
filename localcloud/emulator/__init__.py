"""The emulated AWS: ministack behind a gate that knows regions.

Everything below `patches/` and `serve.py` runs in the emulator's own environment
(`requirements.txt`); the other modules need the standard library only.
"""
