# packs/kubernetes/actions/list.py — objects of a kind, by labels and fields.
from cluster_action import ClusterAction


class List(ClusterAction):
    def run(self, kind, namespace=None, all_namespaces=False, label_selector=None, field_selector=None, limit=500,
            names_only=False, api_version=None):
        resource, where = self.place(kind, namespace, api_version)
        items = self.cluster.list(
            resource,
            None if all_namespaces else where,
            labelSelector=label_selector,
            fieldSelector=field_selector,
            limit=limit,
        )
        shown = [brief(item) for item in items] if names_only else items
        return {"count": len(items), "items": shown}


def brief(item):
    metadata = item["metadata"]
    return {key: metadata[key] for key in ("namespace", "name") if key in metadata}
