# st2common/util/jinja.py — Jinja with StackStorm's filters.
from st2common.util.jsonify import json_decode, json_encode

__all__ = ["get_filters", "get_jinja_environment", "render_values", "is_jinja_expression"]


def get_filters():
    from st2common.util import jinja_filters

    return {name: getattr(jinja_filters, name) for name in jinja_filters.__all__}


def get_jinja_environment(allow_undefined=False, trim_blocks=True, lstrip_blocks=True):
    """A sandbox with the filters; undefined names are errors unless allowed."""
    import jinja2
    import jinja2.sandbox

    environment = jinja2.sandbox.SandboxedEnvironment(
        undefined=jinja2.Undefined if allow_undefined else jinja2.StrictUndefined,
        trim_blocks=trim_blocks,
        lstrip_blocks=lstrip_blocks,
    )
    environment.filters.update(get_filters())
    environment.tests["in"] = lambda item, container: item in container
    return environment


def render_values(mapping=None, context=None, allow_undefined=False):
    """The mapping with its templates rendered; what has none keeps its type, lists and dicts are rendered as JSON."""
    if not context or not mapping:
        return mapping
    environment = get_jinja_environment(allow_undefined=allow_undefined)
    names = {"__context": context, **context}
    return {key: _render(environment, key, value, names) for key, value in mapping.items()}


def _render(environment, key, value, names):
    is_json = isinstance(value, (dict, list))
    text = json_encode(value) if is_json else str(value)
    try:
        rendered = environment.from_string(text).render(names)
    except Exception as error:
        error.key, error.value = key, text
        raise
    if rendered == text:
        return value
    return json_decode(rendered) if is_json else rendered


def is_jinja_expression(value):
    return isinstance(value, str) and ("{{" in value or "{%" in value)
