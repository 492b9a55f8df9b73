# packs/kubernetes/actions/logs.py — the log of a pod, or of all pods with labels.
from cluster_action import ClusterAction
from pod_logs import logs_of


class Logs(ClusterAction):
    def run(self, pod=None, label_selector=None, container=None, namespace=None, tail_lines=500, since_seconds=None,
            previous=False):
        if bool(pod) == bool(label_selector):
            raise ValueError("Give either pod or label_selector")
        resource, where = self.place("pods", namespace, "v1")
        query = {
            "container": container,
            "tailLines": tail_lines,
            "sinceSeconds": since_seconds,
            "previous": "true" if previous else None,
        }
        if pod:
            return {pod: self.cluster.call("GET", resource.path(where, pod, "log"), params=query, text=True)}
        found = self.cluster.list(resource, where, labelSelector=label_selector)
        return logs_of(self.cluster, resource, found, query, self.logger)
