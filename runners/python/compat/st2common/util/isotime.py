# st2common/util/isotime.py — dates in ISO 8601, of which only those in UTC are taken.
import datetime
import re

from st2common.util import date as date_utils

__all__ = ["format", "validate", "parse"]

_UTC = re.compile(r"^\d{4}-\d{2}-\d{2}(\s|T)\d{2}:\d{2}:\d{2}(\.\d{3,6})?(Z|\+00|\+0000|\+00:00)$")


def format(dt, usec=True, offset=True):
    """Text of a datetime, of a text or of seconds since 1970; its zone as +00:00, or as Z with offset=False."""
    if isinstance(dt, str):
        dt = parse(dt)
    elif isinstance(dt, int):
        dt = datetime.datetime.fromtimestamp(dt, datetime.timezone.utc)
    if offset:
        zone = dt.strftime("%z")
        zone = "%s:%s" % (zone[:3], zone[3:]) if zone else "+00:00"
    else:
        name = dt.tzname() or "UTC"
        zone = "Z" if name == "UTC" else name
    return dt.strftime("%Y-%m-%dT%H:%M:%S.%f" if usec else "%Y-%m-%dT%H:%M:%S") + zone


def validate(value, raise_exception=True):
    if isinstance(value, datetime.datetime) or (isinstance(value, str) and _UTC.match(value)):
        return True
    if raise_exception:
        raise ValueError("Datetime value does not match expected format.")
    return False


def parse(value, preserve_original_tz=False, validate_value=True):
    """A datetime with a zone: UTC, unless the original one is wanted."""
    if validate_value:
        validate(value)
    return date_utils.parse(value, preserve_original_tz=preserve_original_tz)
