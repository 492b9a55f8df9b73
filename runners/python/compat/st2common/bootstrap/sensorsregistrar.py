# st2common/bootstrap/sensorsregistrar.py — registration of sensors, which is not here: whoever calls for it is told what is.
__all__ = ["SensorsRegistrar", "register_sensors"]

_REMEDY = (
    "st2common.bootstrap.sensorsregistrar: an action cannot register sensors, since its pod's files end with it. Put the "
    "sensor's files into the pack and register that: squall pack register FOLDER"
)


class SensorsRegistrar:
    """Raises NotImplementedError with the remedy."""

    def __init__(self, *args, **kwargs):
        raise NotImplementedError(_REMEDY)


def register_sensors(*args, **kwargs):
    raise NotImplementedError(_REMEDY)
