# packs/kubernetes/actions/cordon.py — whether new pods may come to a node.
from cluster_action import ClusterAction


class Cordon(ClusterAction):
    def run(self, name, unschedulable):
        resource, _ = self.place("nodes", api_version="v1")
        before = bool(self.cluster.get(resource, None, name).get("spec", {}).get("unschedulable"))
        if before != unschedulable:
            self.cluster.patch(resource, None, name, {"spec": {"unschedulable": unschedulable or None}})
        return {"node": name, "unschedulable": unschedulable, "changed": before != unschedulable}
