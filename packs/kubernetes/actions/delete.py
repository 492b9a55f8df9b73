# packs/kubernetes/actions/delete.py — deletes an object, or those with labels, and may wait until they are gone.
from cluster_action import ClusterAction
from refusal import Refused


class Delete(ClusterAction):
    def run(self, kind, name=None, label_selector=None, namespace=None, api_version=None, propagation="Background",
            grace_seconds=None, ignore_not_found=True, wait_seconds=0):
        if bool(name) == bool(label_selector):
            raise ValueError("Give either name or label_selector")
        resource, where = self.place(kind, namespace, api_version)
        names = [name] if name else [
            item["metadata"]["name"] for item in self.cluster.list(resource, where, labelSelector=label_selector)
        ]
        options = {"propagationPolicy": propagation}
        if grace_seconds is not None:
            options["gracePeriodSeconds"] = grace_seconds
        deleted = [one for one in names if self.delete(resource.path(where, one), options, ignore_not_found)]
        gone, left = self.until(wait_seconds, lambda: self.look(resource, where, deleted)) if wait_seconds else (True, [])
        result = {"deleted": deleted}
        return result if gone else (False, {**result, "left": left})

    def delete(self, path, options, ignore_not_found):
        try:
            self.cluster.call("DELETE", path, options)
            return True
        except Refused as error:
            if error.code == 404 and ignore_not_found:
                return False
            raise

    def look(self, resource, where, names):
        left = [one for one in names if self.is_there(resource, where, one)]
        return not left, left

    def is_there(self, resource, where, name):
        try:
            self.cluster.get(resource, where, name)
            return True
        except Refused as error:
            if error.code == 404:
                return False
            raise
