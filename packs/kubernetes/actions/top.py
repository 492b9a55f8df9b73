# packs/kubernetes/actions/top.py — processor and memory of pods or nodes, from the metrics server.
from cluster_action import ClusterAction


class Top(ClusterAction):
    def run(self, kind="pods", namespace=None, all_namespaces=False, label_selector=None):
        found = [one for one in self.cluster.resources() if one.group == "metrics.k8s.io" and one.plural == kind]
        if not found:
            raise ValueError("The cluster has no metrics; install the metrics server")
        where = None if all_namespaces else self.cluster.namespace_for(found[0], namespace)
        items = self.cluster.list(found[0], where, labelSelector=label_selector)
        return {"items": [usage(item) for item in items]}


def usage(item):
    metadata = item["metadata"]
    parts = item.get("containers", [{"name": metadata["name"], "usage": item.get("usage", {})}])
    shown = {key: metadata[key] for key in ("namespace", "name") if key in metadata}
    return {**shown, "usage": {part["name"]: part.get("usage", {}) for part in parts}}
