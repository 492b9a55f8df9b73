# st2common/runners/base_action.py — Action, what actions in Python inherit from.
import abc
import os

from st2common.runners.utils import PackConfigDict, get_logger_for_python_runner_action

__all__ = ["Action"]


class _Lazily:
    """Makes an attribute when it is first read: most actions never log, and logging takes long to import."""

    def __init__(self, make):
        self._make = make

    def __set_name__(self, owner, name):
        self._name = name

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        value = instance.__dict__[self._name] = self._make(instance)
        return value


class Action(metaclass=abc.ABCMeta):
    """An action: run() gets the parameters as keywords and returns a result, or (succeeded, result)."""

    description = None

    def __init__(self, config=None, action_service=None):
        wrapper = getattr(action_service, "_action_wrapper", None)
        self.action_service = action_service
        # Most packs hand on the configuration alone; the pod knows the pack all the same.
        pack = getattr(wrapper, "_pack", None) or os.environ.get("ST2_ACTION_PACK_NAME", "unknown")
        self.config = PackConfigDict(pack, config or {})

    @_Lazily
    def logger(self):
        wrapper = getattr(getattr(self, "action_service", None), "_action_wrapper", None)
        level = getattr(wrapper, "_log_level", "debug")
        return get_logger_for_python_runner_action(type(self).__name__, log_level=level)

    @abc.abstractmethod
    def run(self, **kwargs):
        pass
