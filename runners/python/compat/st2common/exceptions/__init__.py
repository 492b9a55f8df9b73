# st2common/exceptions/__init__.py — what all of StackStorm's exceptions are.
class StackStormBaseException(Exception):
    """The root of all; packs catch it."""


class StackStormPluginException(StackStormBaseException):
    """The root of those about plug-ins."""
