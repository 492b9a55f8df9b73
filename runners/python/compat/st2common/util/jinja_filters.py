# st2common/util/jinja_filters.py — the filters that StackStorm adds to Jinja, as functions.
import json
import os.path
import re

__all__ = [
    "basename",
    "dirname",
    "from_json_string",
    "from_yaml_string",
    "json_escape",
    "jsonpath_query",
    "regex_match",
    "regex_replace",
    "regex_search",
    "regex_substring",
    "to_complex",
    "to_human_time_from_seconds",
    "to_json_string",
    "to_yaml_string",
    "use_none",
    "version_bump_major",
    "version_bump_minor",
    "version_bump_patch",
    "version_compare",
    "version_equal",
    "version_less_than",
    "version_match",
    "version_more_than",
    "version_strip_patch",
]

NONE_MAGIC_VALUE = "%*****__%NONE%__*****%"


def basename(path):
    return os.path.basename(path)


def dirname(path):
    return os.path.dirname(path)


def from_json_string(value):
    return json.loads(value)


def from_yaml_string(value):
    import yaml

    return yaml.safe_load(value)


def to_complex(value):
    return json.dumps(value)


def to_json_string(value, indent=None, sort_keys=False, separators=(",", ": ")):
    return json.dumps(value, indent=indent, sort_keys=sort_keys, separators=separators)


def to_yaml_string(value, indent=None, allow_unicode=True):
    import yaml

    return yaml.safe_dump(value, indent=indent, allow_unicode=allow_unicode, default_flow_style=False)


def json_escape(value):
    return json.dumps(value).strip('"')


def jsonpath_query(value, query):
    """A list of what is found; None when nothing is."""
    import jsonpath_rw

    return [match.value for match in jsonpath_rw.parse(query).find(value)] or None


def _flags(ignorecase):
    return re.IGNORECASE if ignorecase else 0


def _text(value):
    return value if isinstance(value, str) else str(value)


def regex_match(value, pattern="", ignorecase=False):
    return bool(re.match(pattern, _text(value), _flags(ignorecase)))


def regex_search(value, pattern="", ignorecase=False):
    return bool(re.search(pattern, _text(value), _flags(ignorecase)))


def regex_replace(value="", pattern="", replacement="", ignorecase=False):
    return re.sub(pattern, replacement, _text(value), flags=_flags(ignorecase))


def regex_substring(value="", pattern="", result_index=0, ignorecase=False):
    return re.findall(pattern, _text(value), _flags(ignorecase))[result_index]


def to_human_time_from_seconds(seconds):
    """As StackStorm writes it, which leaves months out: 40 days are 9d."""
    if not isinstance(seconds, (int, float)):
        raise AssertionError("to_human_time_from_seconds takes a number, not %r" % (seconds,))
    if seconds == 0:
        return "0s"
    if seconds < 1:
        return "%s\u03bcs" % seconds
    left, text, shown = int(round(seconds)), "", False
    for unit, size in (("y", 31_536_000), ("M", 2_678_400), ("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)):
        count, left = divmod(left, size)
        if unit == "M":
            continue
        shown = shown or count > 0
        if shown:
            text += "%d%s" % (count, unit)
    return text


def use_none(value):
    return NONE_MAGIC_VALUE if value is None else value


def _version(text):
    parts = re.match(r"^(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$", _text(text))
    if not parts:
        raise ValueError("%s is not valid SemVer string" % text)
    numbers = tuple(int(part) for part in parts.group(1, 2, 3))
    before = parts.group(4)
    marks = [(0, int(mark), "") if mark.isdigit() else (1, 0, mark) for mark in before.split(".")] if before else []
    return numbers, (before is None, marks)


def version_compare(value, pattern):
    ours, other = _version(value), _version(pattern)
    return (ours > other) - (ours < other)


def version_more_than(value, pattern):
    return version_compare(value, pattern) == 1


def version_less_than(value, pattern):
    return version_compare(value, pattern) == -1


def version_equal(value, pattern):
    return version_compare(value, pattern) == 0


def version_match(value, pattern):
    sign, other = re.match(r"^(>=|<=|==|!=|>|<)?(.*)$", pattern).groups()
    order = version_compare(value, other)
    return order in {">=": (0, 1), "<=": (0, -1), "==": (0,), "!=": (-1, 1), ">": (1,), "<": (-1,), None: (0,)}[sign]


def version_bump_major(value):
    return "%d.0.0" % (_version(value)[0][0] + 1)


def version_bump_minor(value):
    major, minor, _ = _version(value)[0]
    return "%d.%d.0" % (major, minor + 1)


def version_bump_patch(value):
    major, minor, patch = _version(value)[0]
    return "%d.%d.%d" % (major, minor, patch + 1)


def version_strip_patch(value):
    return "%d.%d" % _version(value)[0][:2]
