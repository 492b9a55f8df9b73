# packs/kubernetes/actions/set_image.py — another image for a container of a Deployment, StatefulSet or DaemonSet.
from cluster_action import ClusterAction


class SetImage(ClusterAction):
    def run(self, name, image, container=None, kind="Deployment", namespace=None):
        resource, where = self.place(kind, namespace)
        pod = self.cluster.get(resource, where, name).get("spec", {}).get("template", {}).get("spec", {})
        images = {one["name"]: one.get("image") for one in pod.get("containers", [])}
        chosen = container or (next(iter(images)) if len(images) == 1 else None)
        if chosen not in images:
            raise ValueError('container: name one of %s' % ", ".join(sorted(images)))
        body = {"spec": {"template": {"spec": {"containers": [{"name": chosen, "image": image}]}}}}
        self.cluster.patch(resource, where, name, body, kind="strategic")
        return {"name": name, "container": chosen, "before": images[chosen], "image": image}
