# st2common/util/jsonify.py — JSON as StackStorm writes and reads it.
import orjson

__all__ = ["json_encode", "json_decode", "json_loads", "try_loads"]


def json_encode(obj, indent=None, sort_keys=False):
    """Text of the value; `indent` is 2 or none, as in orjson."""
    option = (orjson.OPT_INDENT_2 if indent else 0) | (orjson.OPT_SORT_KEYS if sort_keys else 0)
    return orjson.dumps(obj, option=option, default=str).decode("utf-8")


def json_decode(data):
    return orjson.loads(data)


def json_loads(obj, keys=None):
    """The dict with the values of `keys`, or all, decoded where they are JSON; it is changed."""
    if not obj:
        return None
    for key in keys or list(obj):
        if key in obj:
            obj[key] = try_loads(obj[key])
    return obj


def try_loads(text):
    try:
        return orjson.loads(text) if text and isinstance(text, str) else text
    except ValueError:
        return text
