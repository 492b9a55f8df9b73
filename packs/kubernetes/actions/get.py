# packs/kubernetes/actions/get.py — one object, as it is.
from cluster_action import ClusterAction


class Get(ClusterAction):
    def run(self, kind, name, namespace=None, api_version=None):
        resource, where = self.place(kind, namespace, api_version)
        return self.cluster.get(resource, where, name)
