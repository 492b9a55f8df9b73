# packs/kubernetes/actions/logs.py — the log of a pod, or of all pods with labels.
from cluster_action import ClusterAction


class Logs(ClusterAction):
    def run(self, pod=None, label_selector=None, container=None, namespace=None, tail_lines=500, since_seconds=None,
            previous=False):
        if bool(pod) == bool(label_selector):
            raise ValueError("Give either pod or label_selector")
        resource, where = self.place("pods", namespace, "v1")
        names = [pod] if pod else [
            item["metadata"]["name"] for item in self.cluster.list(resource, where, labelSelector=label_selector)
        ]
        query = {
            "container": container,
            "tailLines": tail_lines,
            "sinceSeconds": since_seconds,
            "previous": "true" if previous else None,
        }
        return {
            name: self.cluster.call("GET", resource.path(where, name, "log"), params=query, text=True) for name in names
        }
