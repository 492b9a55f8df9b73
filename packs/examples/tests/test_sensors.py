# packs/examples/tests/test_sensors.py — how sensors are tested: what they have dispatched is asked for.
from order_counter import ORDERS, OrderCounter
from st2tests.base import BaseSensorTestCase


class OrderCounterTestCase(BaseSensorTestCase):
    sensor_cls = OrderCounter

    def test_each_ten_orders_are_told_once(self):
        sensor = self.get_sensor_instance()
        sensor.setup()
        for orders in (9, 12, 13, 21):
            self.sensor_service.set_value(ORDERS, str(orders), local=False)
            sensor.poll()
        told = [one["payload"] for one in self.get_dispatched_triggers()]
        self.assertEqual(told, [{"orders": 12}, {"orders": 21}])
