# runners/python/squall/run_action.py — one Python action: finds its class, calls run(), writes what it returned to descriptor 3.
"""Started as `python -u run_action.py CALL`, where CALL is a JSON file with the keys
pack, file, user, logLevel, parameters, types, config. Imports little: this is on the way of every action."""
import os
import sys

# This file's folder is not the action's. The packages of the pack's own environment come first, whatever PYTHONPATH says;
# those of the common one, which an environment may be a link to, come after the pack's libraries.
_LIBRARY = os.path.join("lib", "python%d.%d" % sys.version_info[:2], "site-packages")
_COMMON = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[0] = os.path.join(sys.prefix, _LIBRARY)
if os.path.realpath(sys.path[0]) == os.path.realpath(os.path.join(_COMMON, _LIBRARY)):
    del sys.path[0]

import orjson  # noqa: E402

RESULT_FD = 3
BAD_STATUS = 220
BAD_STATUS_ADVICE = """\
An action that returns two values has to return either a list, or a tuple whose first item says whether it
succeeded: (True, ("item1", "item2"))."""


class Call:
    """What the action is called with. Actions find it as action_service._action_wrapper."""

    def __init__(self, given):
        self._pack = given["pack"]
        self._file_path = given["file"]
        self._user = given["user"]
        self._log_level = given["logLevel"]
        self._config = given["config"]
        self._parameters = {
            name: convert(name, value, given["types"].get(name)) for name, value in given["parameters"].items()
        }
        self._class_name = None


def convert(name, value, kind):
    """A float where JSON had an integer, and the value of a secret, which came as text."""
    if value is None or kind is None:
        return value
    try:
        if kind == "number":
            return float(value)
        if not isinstance(value, str):
            return value
        if kind == "integer":
            return int(value)
        read = orjson.loads(value.strip().lower() if kind == "boolean" else value)
        if isinstance(read, {"boolean": bool, "array": list, "object": dict}[kind]):
            return read
    except ValueError:
        pass
    raise SystemExit('Parameter "%s": its value is not of type %s' % (name, kind))


def main(path):
    with open(path, "rb") as source:
        call = Call(orjson.loads(source.read()))
    os.unlink(path)
    os.set_inheritable(RESULT_FD, False)
    action = instance_of(class_in(call._file_path), call)
    report(output_of(action.run(**call._parameters)))


def class_in(path):
    """The first class by name that the file itself defines and that has a method run."""
    folder = os.path.dirname(os.path.realpath(path))
    if folder not in sys.path and folder + os.sep not in sys.path:
        sys.path.append(folder)
    module = load(path)
    for name in sorted(vars(module)):
        member = getattr(module, name)
        if isinstance(member, type) and member.__module__ == module.__name__ and has_run(member):
            return member
    raise Exception('Found no classes in plugin file "%s" matching requirements.' % path)


def load(path):
    import importlib.util

    name = os.path.basename(path).rpartition(".")[0]
    try:
        spec = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(spec)
        if is_own_name(name, path):
            sys.modules[name] = module
        spec.loader.exec_module(module)
        return module
    except Exception as error:
        import traceback

        message = (
            'Failed to load action class from file "%s" (action file most likely doesn\'t exist or contains '
            "invalid syntax): %s\n\n%s" % (path, error, traceback.format_exc())
        )
        raise same_kind(error, message)


def is_own_name(name, path):
    """Whether an import of the name finds the file: dataclasses, pickle and others look for classes there. A file
    redis.py must not hide the package redis, which it imports itself."""
    import importlib.util

    if name in sys.modules or "." in name:
        return False
    found = importlib.util.find_spec(name)
    return found is not None and bool(found.origin) and os.path.realpath(found.origin) == os.path.realpath(path)


def same_kind(error, message):
    try:
        return type(error)(message)
    except Exception:
        return Exception(message)


def has_run(kind):
    run = getattr(kind, "run", None)
    return isinstance(run, type(has_run)) and not getattr(run, "__isabstractmethod__", False)


def instance_of(kind, call):
    from st2common.runners.action_service import ActionService
    from st2common.runners.utils import get_action_class_instance

    call._class_name = kind.__name__
    return get_action_class_instance(kind, config=call._config, action_service=ActionService(call))


def output_of(returned):
    """{"result", "status"}; ends the process when the status is none."""
    if not (isinstance(returned, tuple) and len(returned) == 2):
        return {"result": returned, "status": None}
    status, result = returned
    if status is not None and not isinstance(status, bool):
        sys.stderr.write("Status returned from the action run() method must either be True or False, got: %s\n" % (status,))
        sys.stderr.write(BAD_STATUS_ADVICE)
        sys.exit(BAD_STATUS)
    if status is not None:
        try:
            orjson.dumps(result)
        except TypeError:
            result = str(result)
    return {"result": result, "status": status}


def report(output):
    try:
        text = orjson.dumps(output)
    except Exception:
        # A status that was given counts; StackStorm forgets it here, and calls a failure a success.
        text = orjson.dumps({"result": as_text(output), "status": output["status"]})
    left = memoryview(text + b"\n")
    while left:
        left = left[os.write(RESULT_FD, left):]
    os.close(RESULT_FD)


def as_text(output):
    """What StackStorm makes of a value that is no JSON: Python's own text from the result to the end of the line."""
    import re

    text = str(output).encode("utf-8").decode("utf-8").strip()
    found = re.search("'result': (.*?)$", text)
    return found.group(1) if found else text


if __name__ == "__main__":
    main(sys.argv[1])
