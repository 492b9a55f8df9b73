# st2tests/sensors.py — BaseSensorTestCase, for the tests of sensors.
from st2tests.mocks.sensor import MockSensorService, MockSensorWrapper
from st2tests.pack_resource import BasePackResourceTestCase

__all__ = ["BaseSensorTestCase"]


class BaseSensorTestCase(BasePackResourceTestCase):
    """For one sensor: `sensor_cls`."""

    sensor_cls = None

    def setUp(self):
        super().setUp()
        wrapper = MockSensorWrapper(pack="tests", class_name=self.sensor_cls.__name__)
        self.sensor_service = MockSensorService(sensor_wrapper=wrapper)

    def get_sensor_instance(self, config=None, poll_interval=None):
        given = {"sensor_service": self.sensor_service}
        if config:
            given["config"] = config
        if poll_interval is not None:
            given["poll_interval"] = poll_interval
        return self.sensor_cls(**given)

    def get_dispatched_triggers(self):
        return self.sensor_service.dispatched_triggers

    def get_last_dispatched_trigger(self):
        return self.sensor_service.dispatched_triggers[-1]

    def assertTriggerDispatched(self, trigger, payload=None, trace_context=None):
        """Passes when one was dispatched with this name, and with the payload and the context that are given."""
        wanted = {"trigger": trigger, "payload": payload, "trace_context": trace_context}
        for item in self.get_dispatched_triggers():
            if all(not value or item[key] == value for key, value in wanted.items()):
                return True
        raise AssertionError('Trigger "%s" hasn\'t been dispatched' % trigger)
