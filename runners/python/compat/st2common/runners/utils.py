# st2common/runners/utils.py — the configuration and the logger of an action.
__all__ = ["PackConfigDict", "get_action_class_instance", "get_logger_for_python_runner_action"]

_MISSING = """
Config for pack "%s" is missing key "%s".
Make sure that the configuration of the pack has that key: in spec.config of the Pack, or in the ConfigMap or Secret
that it names, which StackStorm keeps in %s and reads again when the configs are reloaded.
"""


class PackConfigDict(dict):
    """A dict whose missing keys say which pack they are missing from."""

    def __init__(self, pack_name, *args):
        super().__init__(*args)
        self._pack_name = pack_name

    def __getitem__(self, key):
        try:
            return super().__getitem__(key)
        except KeyError:
            path = "/opt/stackstorm/configs/%s.yaml" % self._pack_name
            raise ValueError(_MISSING % (self._pack_name, key, path))


_LOGGERS = {}


def get_logger_for_python_runner_action(action_name, log_level="debug"):
    """The logger of an action, one for each name; it writes to stderr from `log_level` on."""
    import logging

    from st2common import log

    name = "actions.python.%s" % action_name
    if name not in _LOGGERS:
        level = getattr(logging, log_level.upper(), logging.DEBUG)
        handler = logging.StreamHandler()
        handler.setLevel(level)
        handler.setFormatter(logging.Formatter("%(name)-12s: %(levelname)-8s %(message)s"))
        logger = log.getLogger(name)
        logger.addHandler(handler)
        logger.setLevel(level)
        _LOGGERS[name] = logger
    return _LOGGERS[name]


def get_action_class_instance(action_cls, config=None, action_service=None):
    """An action; one whose constructor does not take `action_service` gets it afterwards."""
    try:
        return action_cls(config=config, action_service=action_service)
    except TypeError as error:
        if "unexpected keyword argument 'action_service'" not in str(error):
            raise
    action = action_cls(config=config)
    action.action_service = action_service
    return action
