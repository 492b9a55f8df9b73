# packs/packs/actions/lib/pack_objects.py — Pack objects of the namespace, over the API of Kubernetes as the pod's service account.
import os
import re
import time

import requests

ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"
API = "/apis/squall.dev/v1alpha1"
INDEX_MAP, INDEX_KEY = "squall-pack-index", "index.json"
REQUEST_SECONDS = 30
LOOK_SECONDS = 0.5
PASSING = (0, 429, 502, 503, 504)
RUN_ANNOTATION = "packs.squall.dev/installed-by"


class Refused(Exception):
    """`code` is the HTTP status, 0 when there was no answer."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


class PackObjects:
    """Packs by the name that users know, with _ where the object has -."""

    def __init__(self, url=None, token=None, namespace=None, verify=None):
        self.url = url or in_cluster_url()
        self.namespace = namespace or text_of("namespace") or "default"
        self._session = requests.Session()
        self._session.trust_env = False
        self._token = token
        self._session.verify = os.path.join(ACCOUNT, "ca.crt") if verify is None else verify

    def all(self):
        return self._call("GET", "list Packs")["items"]

    def get(self, pack):
        return self._call("GET", "get Pack %s" % pack, object_name(pack))

    def find(self, pack):
        """None when there is none."""
        try:
            return self.get(pack)
        except Refused as error:
            if error.code != 404:
                raise
            return None

    def create(self, pack, spec, annotations=None):
        body = {
            "apiVersion": "squall.dev/v1alpha1",
            "kind": "Pack",
            "metadata": {"name": object_name(pack), "annotations": annotations or {}},
            "spec": spec,
        }
        return self._call("POST", "create Pack %s" % pack, body=body)

    def change(self, pack, spec, annotations=None):
        body = {"spec": spec}
        if annotations is not None:
            body["metadata"] = {"annotations": annotations}
        return self._call("PATCH", "change Pack %s" % pack, object_name(pack), body)

    def delete(self, pack):
        return self._call("DELETE", "delete Pack %s" % pack, object_name(pack))

    def index_text(self):
        """(name of the ConfigMap with an index for the namespace, its text or None)."""
        name = "ConfigMap %s/%s" % (self.namespace, INDEX_MAP)
        path = "/api/v1/namespaces/%s/configmaps/%s" % (self.namespace, INDEX_MAP)
        try:
            return name, (self._asked("GET", "get %s" % name, path).get("data") or {}).get(INDEX_KEY)
        except Refused as error:
            if error.code != 404:
                raise
            return name, None

    def until(self, pack, seconds, look, generation=1):
        """The Pack once `look(pack)` is true and the operator has seen this generation of it."""

        def wanted(found):
            return found if seen_generation(found) >= generation and look(found) else None

        return self._looking(pack, seconds, "not", wanted, self.get)

    def until_gone(self, pack, seconds):
        self._looking(pack, seconds, "not gone", lambda found: found is None, self.find)

    def _looking(self, pack, seconds, what, wanted, read):
        """What `wanted` gives, as soon as it is true; a server that is busy, or comes up again, is asked again."""
        end = time.monotonic() + seconds
        while True:
            try:
                found = read(pack)
                result = wanted(found)
                if result:
                    return result
                if time.monotonic() >= end:
                    raise TimeoutError("Pack %s: %s within %d s: %s" % (pack, what, seconds, verdict(found)))
            except Refused as error:
                if error.code not in PASSING or time.monotonic() >= end:
                    raise
            time.sleep(LOOK_SECONDS)

    def _call(self, method, what, name=None, body=None):
        return self._asked(method, what, "%s/namespaces/%s/packs%s" % (API, self.namespace, "/%s" % name if name else ""), body)

    def _asked(self, method, what, path, body=None):
        # The token of a pod is changed for another one before it expires.
        headers = {"Authorization": "Bearer %s" % (self._token or own_token())}
        if method == "PATCH":
            headers["Content-Type"] = "application/merge-patch+json"
        try:
            answer = self._session.request(
                method, self.url + path, json=body, headers=headers, timeout=REQUEST_SECONDS
            )
        except requests.RequestException as error:
            raise Refused(0, "%s: the API server cannot be reached: %s" % (what, error))
        if answer.ok:
            return answer.json()
        raise Refused(answer.status_code, "%s: %s%s" % (what, said(answer), remedy(answer.status_code)))


def object_name(pack):
    return pack.strip().lower().replace("_", "-")


def ref_of(pack):
    return pack.get("status", {}).get("ref") or pack["metadata"]["name"].replace("-", "_")


def seen_generation(pack):
    return pack.get("status", {}).get("observedGeneration", 0)


def condition(pack, kind):
    """(status, message); ("Unknown", "") when the Pack has no such condition yet."""
    for one in pack.get("status", {}).get("conditions", []):
        if one["type"] == kind:
            return one["status"], one.get("message", "")
    return "Unknown", ""


def has_failed(pack):
    return pack.get("status", {}).get("install", {}).get("step") == "Failed"


def is_done(pack):
    return pack.get("status", {}).get("install", {}).get("step") == "Done"


STEPS = ("Fetched", "Valid", "EnvironmentReady", "Registered")


def verdict(pack):
    """Why it is not ready, in one line: the step that failed, with its findings, else what Ready says."""
    for kind in STEPS:
        status, message = condition(pack, kind)
        if status == "False":
            findings = pack["status"].get("findings", [])
            found = ["%s:%s: %s" % (one["file"], one.get("line", 1), one["message"]) for one in findings[:10]]
            return "; ".join([message, *found])
    return condition(pack, "Ready")[1] or "the operator has not looked at it yet; see squall status"


def other_ref(message):
    """The ref that pack.yaml has, where the message says that it is not the one of the Pack."""
    found = re.search(r'pack\.yaml says that this is pack "([a-z0-9_]+)", and the Pack asks for', message)
    return found.group(1) if found else None


def split_spec(spec):
    """(address or name, version or None) of what is asked for."""
    parts = spec.split("=")
    return parts[0], (parts[1] if len(parts) > 1 and parts[1] else None)


def name_of(spec):
    """The pack that a name or an address means, without stackstorm- before it."""
    address = split_spec(spec)[0].rstrip("/")
    last = re.split(r"[/:]", address)[-1]
    last = re.sub(r"\.git$", "", last)
    name = re.sub(r"^stackstorm-", "", last, flags=re.IGNORECASE).lower().replace("-", "_")
    if not re.fullmatch(r"[a-z0-9_]+", name):
        raise ValueError(
            'No name of a pack can be taken from "%s"; give a name, or the address of a repository' % without_password(spec)
        )
    return name


def without_password(address):
    """As it may be logged; a user alone is nobody's secret where there is SSH."""
    return re.sub(r"^(https?://|[a-z+]+://(?=[^\s/@:]*:))(?!git@)[^\s/@]+@", r"\g<1>********@", address, flags=re.IGNORECASE)


def list_of(packs):
    """Users give one as text, several as a list."""
    return [packs] if isinstance(packs, str) else list(packs or [])


def in_cluster_url():
    host, port = os.environ.get("KUBERNETES_SERVICE_HOST"), os.environ.get("KUBERNETES_SERVICE_PORT", "443")
    if not host:
        raise Refused(0, "This does not run in a pod of Kubernetes")
    return "https://%s:%s" % ("[%s]" % host if ":" in host else host, port)


def own_token():
    token = text_of("token")
    if token is None:
        raise Refused(
            401,
            "The pod has no token: the Pack packs names no service account. Set its spec.pod.serviceAccountName to one that "
            "may create Packs; see the README of the pack",
        )
    return token


def text_of(name):
    try:
        with open(os.path.join(ACCOUNT, name)) as source:
            return source.read().strip()
    except FileNotFoundError:
        return None


def said(answer):
    try:
        return answer.json().get("message", "")
    except ValueError:
        return answer.text[:500]


def remedy(code):
    if code == 401:
        return "; the token of the service account is not valid"
    if code == 403:
        return "; give the service account of the Pack packs the rules that the README of the pack lists"
    return ""
