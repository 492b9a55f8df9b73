# packs/packs/tests/pack_server.py — Packs of one namespace over HTTP, with an operator that the test plays, and an index.
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ROOT = "/apis/squall.dev/v1alpha1/namespaces/shop/packs"
INDEX_MAP = "/api/v1/namespaces/shop/configmaps/squall-pack-index"
STEPS = ("Fetched", "Valid", "EnvironmentReady", "Registered", "Ready")


class PackServer:
    """`operate(pack)` is called after each write, and sets the status; `packs` by name of the object, `index_map` the answer
    about the ConfigMap with an index."""

    def __init__(self):
        self.packs, self.index, self.index_map = {}, {"packs": {}}, (404, {"message": "not found"})
        self.operate = installed()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self):
                length = int(self.headers.get("Content-Length") or 0)
                code, said = outer.handle(self.command, self.path, json.loads(self.rfile.read(length)) if length else None)
                content = json.dumps(said).encode()
                self.send_response(code)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PATCH = do_DELETE = answer

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = "http://127.0.0.1:%d" % self.server.server_port
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def handle(self, method, path, body):
        if path == "/index.json":
            return 200, self.index
        if path == INDEX_MAP:
            return self.index_map
        name = path[len(ROOT) + 1:]
        if method == "POST":
            name = body["metadata"]["name"]
            self.packs[name] = {"metadata": {"generation": 0, **body["metadata"]}, "spec": {}}
            return self.write(name, {"spec": body["spec"]})
        if name == "":
            return 200, {"items": list(self.packs.values())}
        if name not in self.packs:
            return 404, {"message": 'packs.squall.dev "%s" not found' % name}
        if method == "DELETE":
            return 200, self.packs.pop(name)
        return (200, self.packs[name]) if method == "GET" else self.write(name, body)

    def write(self, name, body):
        pack = self.packs[name]
        merge(pack, body)
        pack["metadata"]["generation"] += 1
        answer = json.loads(json.dumps(pack))
        self.operate(pack)
        return 200, answer


def merge(into, changes):
    for key, value in changes.items():
        if value is None:
            into.pop(key, None)
        elif isinstance(value, dict):
            merge(into.setdefault(key, {}), value)
        else:
            into[key] = value


def installed(**status):
    """An operator that installs everything."""

    def operate(pack):
        conditions = [{"type": kind, "status": "True", "message": "well"} for kind in STEPS]
        pack["status"] = {
            "ref": pack["metadata"]["name"].replace("-", "_"),
            "observedGeneration": pack["metadata"]["generation"],
            "version": "1.0.0",
            "counts": {"actions": 2},
            "install": {"step": "Done"},
            "conditions": conditions,
            **status,
        }

    return operate


def failing(kind, message, **status):
    """An operator that fails at a step."""

    def operate(pack):
        installed(install={"step": "Failed"}, **status)(pack)
        for one in pack["status"]["conditions"]:
            if one["type"] == kind:
                one.update(status="False", message=message)

    return operate
