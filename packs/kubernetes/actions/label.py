# packs/kubernetes/actions/label.py — sets and removes labels or annotations of an object.
from cluster_action import ClusterAction


class Label(ClusterAction):
    def run(self, kind, name, field, labels=None, annotations=None, remove=None, namespace=None, api_version=None):
        values = labels if field == "labels" else annotations
        if not values and not remove:
            raise ValueError("Give %s, or in remove the keys that go" % field)
        resource, where = self.place(kind, namespace, api_version)
        changes = {**{key: as_text(value) for key, value in (values or {}).items()}, **{key: None for key in remove or []}}
        done = self.cluster.patch(resource, where, name, {"metadata": {field: changes}})
        return {"name": name, field: done["metadata"].get(field, {})}


def as_text(value):
    """As it is written in YAML; None removes the key."""
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)
