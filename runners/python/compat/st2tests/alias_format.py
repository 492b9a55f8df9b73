# st2tests/alias_format.py — a chat message and the format of an alias → the parameters of the action.
import re

try:
    from re import _constants as tokens
    from re import _parser as parser
except ImportError:  # before Python 3.11
    import sre_constants as tokens
    import sre_parse as parser

__all__ = ["ParseException", "extract_parameters"]


class ParseException(ValueError):
    """A command that does not match a format."""


# A quoted text, an object, or what the last alternative takes.
_VALUE = r'""|\'\'|"(.+?)"|\'(.+?)\'|({.+?})|%s'
_PAIR = r"(?:^|\s+)\s*(\S+?)\s*=(%s)" % (_VALUE % r"(\S+)")
_ENDING = re.compile(r".*?((%s\s*)*)$" % _PAIR, re.DOTALL)
_PAIRS = re.compile(_PAIR, re.DOTALL)
_OPTIONAL = r"{{\s*(\S+?)\s*\s*=\s*(?:%s)\s*}}" % (_VALUE % r"(.+?)")
_REQUIRED = r"{{\s*(\S+?)\s*}}"
# One parameter; quotes around it are not part of it.
_GROUP = r'\1["\']?(?P<\2>(?:(?<=\').+?(?=\')|(?<=").+?(?=")|{.+?}|.+?))["\']?'


def extract_parameters(format_str, param_stream, match_multiple=False):
    """A dict of texts, or a list of them for all matches; ParseException when there is none."""
    format_str = format_str or ""
    pairs, rest = _cut_pairs(param_stream or "")
    pattern, defaults = _compile(format_str)

    def parameters_of(match):
        found = match.groupdict()
        for name, *parts in defaults:
            found[name] = found[name] or "".join(parts)
        found.update((pair[0], "".join(pair[2:])) for pair in pairs)
        if format_str and not (rest.strip() or any(found.values())):
            raise ParseException("No value supplied and no default value found.")
        return found

    if match_multiple:
        return [parameters_of(match) for match in pattern.finditer(rest)]
    match = pattern.search(rest)
    if not match:
        raise ParseException('Command "%s" doesn\'t match format string "%s"' % (param_stream or "", format_str))
    return parameters_of(match)


def _cut_pairs(command):
    """Pairs key=value at the end of a command, and the rest with a blank on each side."""
    ending = _ENDING.match(command)
    text = ending.group(1) if ending else ""
    if not text:
        return [], " %s " % command
    return _PAIRS.findall(text), " %s " % command.replace(text, "")


def _compile(format_str):
    """The expression of a format, anchored where it is not, and the parameters that have defaults."""
    defaults = re.findall(_OPTIONAL, format_str, re.DOTALL)
    # Without DOTALL, as StackStorm has it: a default with a line break in it makes no optional parameter.
    source = re.sub(r"(\s*)" + _OPTIONAL, "(?:%s)?" % _GROUP, format_str)
    source = re.sub(r"(\s*)" + _REQUIRED, _GROUP, source)
    parsed = parser.parse(source, re.DOTALL)
    if not _has_anchor(parsed, (tokens.AT_BEGINNING, tokens.AT_BEGINNING_STRING)):
        source = r"^\s*" + source
    if not _has_anchor(parsed, (tokens.AT_END, tokens.AT_END_STRING)):
        source += r"\s*$"
    return re.compile(source, re.DOTALL), defaults


def _has_anchor(parsed, anchors):
    """Looks into groups, and of alternatives into the second only."""
    for kind, value in parsed:
        if kind == tokens.AT and value in anchors:
            return True
        if kind == tokens.SUBPATTERN and _has_anchor(value[-1], anchors):
            return True
        if kind == tokens.BRANCH and _has_anchor(value[1][1], anchors):
            return True
    return False
