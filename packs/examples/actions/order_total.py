# packs/examples/actions/order_total.py — (False, reason) fails the action, (True, result) does not; counts orders in the datastore.
from pricing import total
from st2common.runners.base_action import Action


class OrderTotal(Action):
    def run(self, order):
        lines = order.get("lines", [])
        limit = self.config.get("limits", {}).get("articles", 100)
        articles = sum(line.get("count", 1) for line in lines)
        if not lines:
            return False, "The order has no lines"
        if articles > limit:
            return False, "The order has %d articles, and %d are the limit" % (articles, limit)
        seen = int(self.action_service.get_value("orders") or 0) + 1
        self.action_service.set_value("orders", str(seen))
        return True, {"articles": articles, "total": total(lines), "orders_so_far": seen}
