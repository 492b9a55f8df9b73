# st2common/util/compat.py — text and bytes, for code that was written for Python 2 as well.
__all__ = ["to_unicode", "to_ascii"]


def to_unicode(value):
    if not isinstance(value, (str, bytes)):
        raise ValueError('Value "%s" must be a string.' % value)
    return value.decode("utf-8") if isinstance(value, bytes) else value


def to_ascii(value):
    """The text without what is not ASCII."""
    return to_unicode(value).encode("ascii", errors="ignore").decode("ascii")
