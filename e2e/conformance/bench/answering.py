# e2e/conformance/bench/answering.py — how the Python originals are timed: one request a line on stdin, one answer a line on stdout.
#
# {"prepare": case, "kind": name} -> {"id": n}, or {"skipped": why}: the case is parsed once, and evaluated to see that it works
# {"run": n, "times": m}          -> {"seconds": s} for m evaluations
import base64
import collections.abc  # yaql takes it for granted that somebody has
import json
import signal
import sys
import time

TAGS = {
    "$float": float,
    "$int": int,
    "$set": lambda items: {decode(item) for item in items},
    "$tuple": lambda items: tuple(decode(item) for item in items),
    "$dict": lambda pairs: {decode(key): decode(value) for key, value in pairs},
    "$bytes": base64.b64decode,
}


def decode(recorded):
    """Recorded JSON with its tags -> Python values."""
    if isinstance(recorded, list):
        return [decode(item) for item in recorded]
    if isinstance(recorded, dict):
        if len(recorded) == 1:
            (key,) = recorded
            if key in TAGS:
                return TAGS[key](recorded[key])
            if key.startswith("$"):
                raise ValueError(key)
        return {key: decode(value) for key, value in recorded.items()}
    return recorded


class TooLong(BaseException):
    pass


def too_long(*_):
    raise TooLong()


signal.signal(signal.SIGALRM, too_long)


def consume(value):
    """YAQL's lazy sequences are worked out, as whoever stores the result does."""
    if isinstance(value, collections.abc.Iterator):
        for _ in value:
            pass


def prepare(kinds, request, prepared):
    try:
        signal.alarm(10)
        evaluate = kinds[request["kind"]](request["prepare"])
        consume(evaluate())
    except (Exception, TooLong) as error:
        return {"skipped": repr(error)[:200]}
    finally:
        signal.alarm(0)
    prepared.append(evaluate)
    return {"id": len(prepared) - 1}


def run(evaluate, times):
    began = time.perf_counter()
    for _ in range(times):
        consume(evaluate())
    return {"seconds": time.perf_counter() - began}


def serve(kinds):
    """`kinds`: name -> function from a case to its evaluation, a function without parameters."""
    prepared = []
    for line in sys.stdin:
        request = json.loads(line)
        if "prepare" in request:
            answer = prepare(kinds, request, prepared)
        else:
            answer = run(prepared[request["run"]], request["times"])
        print(json.dumps(answer), flush=True)
