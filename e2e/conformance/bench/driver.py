# e2e/conformance/bench/driver.py — the Python originals of the expression languages, timed; see answering.py.
import json
import re
import warnings

import jinja2
import jinja2.sandbox
import jsonpath_rw
from answering import decode, serve
import yaql as yaql_language
from orquesta.expressions.functions import base as orquesta_functions

warnings.simplefilter("ignore")

engine = yaql_language.YaqlFactory().create(options={})
root = yaql_language.create_context()
for name, function in orquesta_functions.load().items():
    root.register_function(function, name=name)


def yaql_case(case):
    statement = engine(case["expr"])
    data = decode(case.get("data"))
    variables = decode(case.get("context") or {})

    def evaluate():
        context = root.create_child_context()
        context["__vars"] = variables
        for name, value in variables.items():
            context[name] = value
        return statement.evaluate(context=context, data=data)

    return evaluate


def environment(**options):
    return jinja2.sandbox.SandboxedEnvironment(
        undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True, **options
    )


def jinja_case(case):
    template = environment().from_string(case["expr"])
    context = decode(case.get("context") or {})
    before = repr(context)
    template.render(context)
    if repr(context) != before:
        raise ValueError("it changes its context: no two renderings are alike")
    return lambda: template.render(context)


EXPRESSION = re.compile(r"(\{\{.*)(\}\})")

# What the operators of rules do with (value, pattern); written anew, for the cases that are timed.
OPERATORS = {
    "equals": lambda v, p: p is not None and v == same_type(p, v),
    "eq": lambda v, p: p is not None and v == same_type(p, v),
    "iequals": lambda v, p: v.lower() == p.lower(),
    "neq": lambda v, p: v != same_type(p, v),
    "nequals": lambda v, p: v != same_type(p, v),
    "exists": lambda v, p: v is not None,
    "nexists": lambda v, p: v is None,
    "gt": lambda v, p: v > same_type(p, v),
    "lt": lambda v, p: v < same_type(p, v),
    "in": lambda v, p: v in p,
    "contains": lambda v, p: p in v,
}


def same_type(pattern, value):
    return type(value)(pattern) if isinstance(value, (int, float)) and not isinstance(value, bool) else pattern


def criteria_case(case):
    """A rule as StackStorm matches it: for each event the key is parsed, the pattern compiled and rendered."""
    env = environment()
    env.filters["to_complex"] = json.dumps
    payload = decode(case["payload"])
    criteria = decode(case["criteria"])
    if any(one.get("type") not in OPERATORS for one in criteria.values()):
        raise ValueError("an operator that is not timed")

    def rendered(pattern, context):
        if not isinstance(pattern, str):
            return pattern
        if EXPRESSION.search(pattern):
            try:
                return json.loads(env.from_string(EXPRESSION.sub(r"\1 | to_complex\2", pattern)).render(context))
            except ValueError:
                pass
        return env.from_string(pattern).render(context)

    def evaluate():
        if criteria and not payload:
            return False
        context = {"trigger": payload}
        for key, criterion in criteria.items():
            try:
                pattern = rendered(criterion.get("pattern"), context)
                found = [match.value for match in jsonpath_rw.parse(key.split("#", 1)[0]).find(context)]
                if not OPERATORS[criterion["type"]](found[0] if found else None, pattern):
                    return False
            except Exception:
                return False
        return True

    if evaluate() != case["result"]:
        raise ValueError("not as recorded")
    return evaluate


serve({"yaql": yaql_case, "jinja": jinja_case, "criteria": criteria_case})
