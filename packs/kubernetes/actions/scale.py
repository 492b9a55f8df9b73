# packs/kubernetes/actions/scale.py — how many pods a Deployment, StatefulSet or ReplicaSet has.
from cluster_action import ClusterAction


class Scale(ClusterAction):
    def run(self, name, replicas, kind="Deployment", namespace=None, api_version=None, wait_seconds=0):
        resource, where = self.place(kind, namespace, api_version)
        path = resource.path(where, name, "scale")
        before = self.cluster.call("GET", path).get("spec", {}).get("replicas", 0)
        self.cluster.patch(resource, where, name, {"spec": {"replicas": replicas}}, subresource="scale")
        result = {"name": name, "before": before, "replicas": replicas}
        if not wait_seconds:
            return result
        return self.until(wait_seconds, lambda: self.look(resource, where, name, result))

    def look(self, resource, where, name, result):
        status = self.cluster.get(resource, where, name).get("status", {})
        ready = status.get("readyReplicas", 0)
        wanted = result["replicas"]
        return status.get("replicas", 0) == wanted and ready == wanted, {**result, "ready": ready}
