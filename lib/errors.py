"""Errors of this package.

SettingsError      what a human wrote cannot be deployed
BundleError        the functions' zip cannot be built
"""


class SettingsError(Exception):
    """A setting cannot be used; the message names the key, the value and the fix."""


class BundleError(Exception):
    """The functions' zip cannot be built; the message names the file and the fix."""
