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
            # One more tells whether there are more.
            limit=limit and limit + 1,
        )
        kept = items[:limit] if limit else items
        shown = [brief(item) for item in kept] if names_only else kept
        return {"count": len(kept), "more": len(items) > len(kept), "items": shown}


def brief(item):
    metadata = item["metadata"]
    return {key: metadata[key] for key in ("namespace", "name") if key in metadata}
