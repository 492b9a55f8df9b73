# packs/kubernetes/actions/patch.py — changes parts of an object.
from cluster_action import ClusterAction


class Patch(ClusterAction):
    def run(self, kind, name, patch=None, operations=None, type="merge", namespace=None, api_version=None,
            subresource=None):
        if (patch is None) == (operations is None):
            raise ValueError("Give either patch, an object, or operations, a list for type json")
        resource, where = self.place(kind, namespace, api_version)
        way = "json" if operations is not None else type
        if way == "json" and operations is None:
            raise ValueError("type json needs operations, a list")
        body = operations if operations is not None else patch
        return self.cluster.patch(resource, where, name, body, kind="merge" if way == "merge" else way,
                                  subresource=subresource)
