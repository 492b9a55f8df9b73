# packs/kubernetes/actions/rollout_status.py — how far a rollout is; waits for its end.
import rollout
from cluster_action import ClusterAction


class RolloutStatus(ClusterAction):
    def run(self, name, kind="Deployment", namespace=None, wait_seconds=300):
        resource, where = self.place(kind, namespace)
        ended, state = self.until(wait_seconds, lambda: self.look(resource, where, name))
        return ended and not state["failed"], {"name": name, **state}

    def look(self, resource, where, name):
        state = rollout.state_of(self.cluster.get(resource, where, name))
        return state["done"] or state["failed"], state
