# packs/examples/tests/test_actions.py — how actions in Python are tested: no cluster, a datastore in memory.
from greet import Greet
from order_total import OrderTotal
from st2tests.base import BaseActionTestCase

LINES = [{"article": "book", "price": 19.99, "count": 2}, {"article": "pen", "price": 0.1}]


class GreetTestCase(BaseActionTestCase):
    action_cls = Greet

    def test_the_configuration_says_how_one_greets(self):
        action = self.get_action_instance(config={"greeting": "Good day", "signature": "me"})
        self.assertEqual(action.run(name="Ann", times=2), {"greeting": "Good day, Ann! Good day, Ann!", "signed": True})

    def test_a_missing_key_names_the_pack(self):
        with self.assertRaisesRegex(ValueError, 'is missing key "greeting"'):
            self.get_action_instance(config={}).run(name="Ann")


class OrderTotalTestCase(BaseActionTestCase):
    action_cls = OrderTotal

    def test_an_order_is_added_up_and_counted(self):
        action = self.get_action_instance()
        for orders in (1, 2):
            wanted = {"articles": 3, "total": "40.08", "orders_so_far": orders}
            self.assertEqual(action.run(order={"lines": LINES}), (True, wanted))

    def test_an_order_that_is_empty_or_too_large_fails(self):
        action = self.get_action_instance(config={"limits": {"articles": 2}})
        self.assertEqual(action.run(order={}), (False, "The order has no lines"))
        self.assertEqual(action.run(order={"lines": LINES}), (False, "The order has 3 articles, and 2 are the limit"))
