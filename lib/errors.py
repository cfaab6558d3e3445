"""Errors of this package.

SettingsError      what a human wrote cannot be deployed
BundleError        a zip of code cannot be built
UserDataError      the script of an instance cannot be filled in
"""


class SettingsError(Exception):
    """A setting cannot be used; the message names the key, the value and the fix."""


class BundleError(Exception):
    """A zip of code cannot be built; the message names the file and the fix."""


class UserDataError(Exception):
    """The script of an instance cannot be filled in; the message names the value."""
