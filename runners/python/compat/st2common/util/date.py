# st2common/util/date.py — datetimes in UTC.
import datetime

import dateutil.parser
import dateutil.tz

__all__ = ["get_datetime_utc_now", "append_milliseconds_to_time", "add_utc_tz", "convert_to_utc", "parse"]


def get_datetime_utc_now():
    return datetime.datetime.now(dateutil.tz.tzutc())


def append_milliseconds_to_time(date, millis):
    return convert_to_utc(date + datetime.timedelta(milliseconds=millis))


def add_utc_tz(dt):
    if dt.tzinfo and dt.utcoffset() != datetime.timedelta(0):
        raise ValueError("datetime already contains a non UTC timezone")
    return dt.replace(tzinfo=dateutil.tz.tzutc())


def convert_to_utc(dt):
    """The same moment in UTC; without a zone it is taken to be that already."""
    return dt.astimezone(dateutil.tz.tzutc()) if dt.tzinfo else add_utc_tz(dt)


def parse(value, preserve_original_tz=False):
    dt = dateutil.parser.parse(str(value))
    if not dt.tzinfo:
        dt = add_utc_tz(dt)
    return dt if preserve_original_tz else convert_to_utc(dt)
