# packs/kubernetes/tests/api_server.py — enough of an API server to act on: it keeps objects, and refuses as Kubernetes does.
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

NAMESPACED = {
    "": [("pods", "Pod", ["po"]), ("configmaps", "ConfigMap", ["cm"]), ("events", "Event", ["ev"])],
    "apps": [("deployments", "Deployment", ["deploy"]), ("statefulsets", "StatefulSet", ["sts"])],
    "batch": [("jobs", "Job", []), ("cronjobs", "CronJob", ["cj"])],
    "metrics.k8s.io": [("pods", "PodMetrics", [])],
}


class ApiServer:
    """Serves on loopback; `objects` by path, `refused` paths with the status that they get, `calls` that came."""

    def __init__(self, context=None):
        """`context` is the one of its TLS; without it, it has none."""
        self.objects, self.refused, self.calls, self.logs = {}, {}, [], {}
        self.after = lambda method, path: None
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else None
                code, said = outer.handle(self.command, self.path, body, self.headers)
                content = said.encode() if isinstance(said, str) else json.dumps(said).encode()
                self.send_response(code)
                self.send_header("Content-Length", str(len(content)))
                self.send_header("Content-Type", "text/plain" if isinstance(said, str) else "application/json")
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PATCH = do_DELETE = answer

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.scheme = "https" if context else "http"
        if context:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    @property
    def config(self):
        return {"api_url": "%s://127.0.0.1:%d" % (self.scheme, self.server.server_port), "token": "secret", "namespace": "shop"}

    def put(self, path, kind, **fields):
        name = path.rpartition("/")[2]
        metadata = {"name": name, "uid": "uid-%s" % name, "generation": 1, **fields.pop("metadata", {})}
        if "/namespaces/" in path:
            metadata["namespace"] = path.split("/namespaces/")[1].split("/")[0]
        self.objects[path] = {"kind": kind, "metadata": metadata, **fields}
        return self.objects[path]

    def handle(self, method, target, body, headers):
        parts = urlsplit(target)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        self.calls.append((method, parts.path, body, query))
        if headers.get("Authorization") != "Bearer secret":
            return 401, {"message": "Unauthorized"}
        if (method, parts.path) in self.refused:
            code, message = self.refused[(method, parts.path)]
            return code, {"message": message}
        if parts.path in ("/api", "/apis"):
            return 200, discovery(parts.path)
        answer = getattr(self, "on_%s" % method.lower())(parts.path, body, query)
        self.after(method, parts.path)
        return answer

    def on_get(self, path, _body, query):
        if path in self.objects:
            return 200, self.objects[path]
        if path.endswith("/log"):
            text = "log of %s\n" % path.split("/")[-2]
            return 200, self.logs.get(query.get("container"), text)
        if path.endswith("/scale") and path[: -len("/scale")] in self.objects:
            return 200, {"spec": {"replicas": self.objects[path[: -len("/scale")]]["spec"]["replicas"]}}
        if path.rpartition("/")[2] in all_plurals():
            return 200, self.page([one for key, one in self.objects.items() if is_in(key, path)], query)
        return 404, {"message": '"%s" not found' % path.rpartition("/")[2]}

    def page(self, items, query):
        for pair in filter(None, query.get("labelSelector", "").split(",")):
            key, value = pair.split("=")
            items = [one for one in items if one["metadata"].get("labels", {}).get(key) == value]
        begin = int(query.get("continue", 0))
        end = begin + int(query.get("limit", 500))
        token = str(end) if end < len(items) else ""
        return {"items": items[begin:end], "metadata": {"continue": token}}

    def on_patch(self, path, body, _query):
        if path.endswith("/scale"):
            path = path[: -len("/scale")]
        if path not in self.objects:
            self.put(path, body["kind"])
        merge(self.objects[path], body)
        return 200, self.objects[path]

    def on_post(self, path, body, _query):
        if path.endswith("/eviction"):
            self.objects.pop(path[: -len("/eviction")], None)
            return 201, {}
        name = body["metadata"].get("name") or body["metadata"]["generateName"] + "x1"
        return 201, self.put("%s/%s" % (path, name), body["kind"], spec=body["spec"])

    def on_delete(self, path, _body, _query):
        gone = self.objects.pop(path, None)
        if gone is None:
            return 404, {"message": "not found"}
        return 200, {"kind": "Status", "details": {"uid": gone["metadata"]["uid"]}}


def is_in(key, path):
    folder, _, plural = path.rpartition("/")
    if "/namespaces/" in path:
        return key.rpartition("/")[0] == path
    return key.startswith(folder + "/") and key.split("/")[-2] == plural


def all_plurals():
    return {one[0] for kinds in NAMESPACED.values() for one in kinds} | {"nodes"}


def merge(into, changes):
    for key, value in changes.items():
        if value is None:
            into.pop(key, None)
        elif isinstance(value, dict) and isinstance(into.get(key), dict):
            merge(into[key], value)
        else:
            into[key] = value


def discovery(path):
    groups = {"": NAMESPACED[""]} if path == "/api" else {key: kinds for key, kinds in NAMESPACED.items() if key}
    items = []
    for group, kinds in groups.items():
        version = "v1beta1" if group == "metrics.k8s.io" else "v1"
        resources = [described(plural, kind, names, "Namespaced") for plural, kind, names in kinds]
        if not group:
            resources.append(described("nodes", "Node", ["no"], "Cluster"))
        items.append({"metadata": {"name": group} if group else {}, "versions": [{"version": version, "resources": resources}]})
    return {"items": items}


def described(plural, kind, names, scope):
    return {
        "resource": plural,
        "responseKind": {"kind": kind},
        "singularResource": kind.lower(),
        "shortNames": names,
        "scope": scope,
    }
