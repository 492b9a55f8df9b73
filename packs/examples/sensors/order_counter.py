# packs/examples/sensors/order_counter.py — looks at the datastore from time to time, and remembers there what it has told.
from st2reactor.sensor.base import PollingSensor

ORDERS = "examples.OrderTotal:orders"


class OrderCounter(PollingSensor):
    def setup(self):
        self._logger = self.sensor_service.get_logger(__name__)

    def poll(self):
        orders = int(self.sensor_service.get_value(ORDERS, local=False) or 0)
        told = int(self.sensor_service.get_value("told") or 0)
        if orders // 10 > told // 10:
            self.sensor_service.dispatch(trigger="examples.ten_more_orders", payload={"orders": orders})
            self.sensor_service.set_value("told", str(orders))

    def cleanup(self):
        pass

    def add_trigger(self, trigger):
        pass

    def update_trigger(self, trigger):
        pass

    def remove_trigger(self, trigger):
        pass
