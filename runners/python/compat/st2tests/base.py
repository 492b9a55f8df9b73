# st2tests/base.py — what the unit tests of packs inherit from.
import inspect
import os
from unittest import TestCase

from st2common.runners.utils import get_action_class_instance
from st2tests.mocks.action import MockActionService, MockActionWrapper
from st2tests.mocks.sensor import MockSensorService, MockSensorWrapper

__all__ = ["BasePackResourceTestCase", "BaseActionTestCase", "BaseSensorTestCase"]


class BasePackResourceTestCase(TestCase):
    def get_fixture_content(self, fixture_path):
        """Text of a file of tests/fixtures."""
        with open(os.path.join(self._get_base_pack_path(), "tests/fixtures", fixture_path)) as source:
            return source.read()

    def _get_base_pack_path(self):
        return os.path.abspath(os.path.join(os.path.dirname(inspect.getfile(type(self))), ".."))


class BaseActionTestCase(BasePackResourceTestCase):
    """For one action: `action_cls`."""

    action_cls = None

    def setUp(self):
        super().setUp()
        wrapper = MockActionWrapper(pack="tests", class_name=self.action_cls.__name__)
        self.action_service = MockActionService(action_wrapper=wrapper)

    def get_action_instance(self, config=None):
        return get_action_class_instance(self.action_cls, config=config, action_service=self.action_service)


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
