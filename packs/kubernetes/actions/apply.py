# packs/kubernetes/actions/apply.py — objects as they should be, by server-side apply.
import yaml

from cluster import FIELD_MANAGER
from cluster_action import ClusterAction


class ManifestLoader(yaml.SafeLoader):
    """What looks like a date is text, as it is for kubectl."""


ManifestLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def parts(given):
    """The items of a List, as kubectl get prints it; else the object itself."""
    return given["items"] if isinstance(given, dict) and given.get("kind") == "List" else [given]


class Apply(ClusterAction):
    def run(self, manifest=None, manifests=None, yaml_text=None, namespace=None, field_manager=None, force=False,
            dry_run=False):
        objects = [manifest] if manifest else []
        objects += manifests or []
        objects += [one for one in yaml.load_all(yaml_text or "", Loader=ManifestLoader) if one]
        if not objects:
            raise ValueError("Give what is applied in manifest, manifests or yaml_text")
        query = {"fieldManager": field_manager or FIELD_MANAGER, "force": "true" if force else None}
        if dry_run:
            query["dryRun"] = "All"
        return {"applied": [self.apply(one, namespace, query) for given in objects for one in parts(given)]}

    def apply(self, one, namespace, query):
        for key in ("apiVersion", "kind"):
            if not isinstance(one, dict) or not one.get(key):
                raise ValueError("Each object needs %s: %s" % (key, str(one)[:100]))
        metadata = one.get("metadata") or {}
        if not metadata.get("name"):
            raise ValueError("A %s has no metadata.name; give it one" % one["kind"])
        resource, where = self.place(one["kind"], metadata.get("namespace") or namespace, one["apiVersion"])
        headers = {"Content-Type": "application/apply-patch+yaml"}
        path = resource.path(where, metadata["name"])
        done = self.cluster.call("PATCH", path, one, params=query, headers=headers)
        return {
            "kind": done["kind"],
            "name": done["metadata"]["name"],
            "namespace": done["metadata"].get("namespace"),
            "uid": done["metadata"].get("uid"),
            "resource_version": done["metadata"].get("resourceVersion"),
        }
