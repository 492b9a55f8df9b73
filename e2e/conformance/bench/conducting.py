# e2e/conformance/bench/conducting.py — PyPI's orquesta, timed: it conducts recorded runs, and opens definitions; see answering.py.
import collections
import collections.abc
import fractions
import logging
import math
import warnings

# orquesta 1.2.0 and the networkx that it asks for were made for Pythons before 3.9 and 3.10: some names have moved since.
for moved in ("Iterable", "Mapping", "MutableMapping", "MutableSequence", "Sequence", "Set"):
    setattr(collections, moved, getattr(collections.abc, moved))
fractions.gcd = math.gcd

from answering import decode, serve
from orquesta import conducting, events, requests
from orquesta.composers.native import WorkflowComposer
from orquesta.specs import native
from orquesta.utils import parameters

# Since 3.11 flags are at the start of a pattern.
parameters.REGEX_INLINE_PARAMS = "(?i)" + parameters.REGEX_INLINE_PARAMS.replace("(?i)", "")
warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)


def rerun_request(one):
    return requests.TaskRerunRequest.new(one["task"], one.get("route", 0), reset_items=one.get("reset_items", False))


def operation(do):
    """What a recorded step does -> a function of the conductor."""
    kind, result = do["op"], decode(do.get("result"))
    if kind == "status":
        return lambda conductor: conductor.request_workflow_status(do["status"])
    if kind == "task":
        return lambda conductor: conductor.update_task_state(
            do["task"], do["route"], events.ActionExecutionEvent(do["status"], result=result)
        )
    if kind == "item":
        accumulated = decode(do.get("accumulated"))
        return lambda conductor: conductor.update_task_state(
            do["task"],
            do["route"],
            events.TaskItemActionExecutionEvent(
                do["item"], do["status"], result=result, accumulated_result=accumulated
            ),
        )
    if kind == "rerun":
        return lambda conductor: conductor.request_workflow_rerun(
            None if do["tasks"] is None else [rerun_request(one) for one in do["tasks"]]
        )
    if kind == "output":
        return lambda conductor: conductor.render_workflow_output()
    return lambda conductor: None


def conduct_case(case):
    """A recorded run from its beginning; the definition is parsed and composed before."""
    spec = native.instantiate(case["definition"])
    graph = WorkflowComposer.compose(spec)
    context, inputs = decode(case.get("context") or {}), decode(case.get("inputs") or {})
    steps = [(operation(step["do"]), "next" in step["expect"]) for step in case["steps"]]

    def evaluate():
        conductor = conducting.WorkflowConductor(spec, context=context, inputs=inputs)
        conductor._graph = graph
        trace = [conductor.get_workflow_status()]
        for do, asks in steps:
            raised, count = False, 0
            try:
                do(conductor)
            except Exception:
                raised = True
            if asks:
                count = len(conductor.get_next_tasks())
            trace.append((conductor.get_workflow_status(), count, raised))
        return trace

    recorded = [case["initial"]["status"]]
    for expect in (step["expect"] for step in case["steps"]):
        recorded.append((expect["status"], len(expect.get("next", [])), "raised" in expect))
    for _ in range(2):
        if evaluate() != recorded:
            raise ValueError("not as recorded")
    return evaluate


def open_case(case):
    """From the text of a definition to what inspection finds and, where that is nothing, its graph."""
    context = case.get("context") or {}

    def evaluate():
        spec = native.instantiate(case["definition"])
        found = spec.inspect(app_ctx=context)
        if not found:
            WorkflowComposer.compose(spec)
        return found

    if sorted(evaluate()) != case["finds"]:
        raise ValueError("not as recorded")
    return evaluate


serve({"conduct": conduct_case, "open": open_case})
