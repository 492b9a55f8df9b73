# packs/kubernetes/actions/lib/cluster.py — an API server over HTTP: which path a kind has, and what its refusals mean.
import os
import tempfile
from urllib.parse import quote

import requests

from refusal import Refused, refusal

ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"
REQUEST_SECONDS = 30
PAGE = 500
FIELD_MANAGER = "squall-pack-kubernetes"
DISCOVERY = ",".join(
    "application/json;g=apidiscovery.k8s.io;v=%s;as=APIGroupDiscoveryList" % version for version in ("v2", "v2beta1")
)


class Resource:
    """One kind of object that the server knows."""

    def __init__(self, group, version, plural, kind, namespaced, names):
        self.group, self.version, self.plural, self.kind = group, version, plural, kind
        self.namespaced = namespaced
        self.names = names

    @property
    def api_version(self):
        return "%s/%s" % (self.group, self.version) if self.group else self.version

    def path(self, namespace=None, name=None, subresource=None):
        parts = ["/apis/%s" % self.api_version if self.group else "/api/%s" % self.version]
        if self.namespaced and namespace:
            parts.append("namespaces/%s" % segment(namespace))
        parts += [part for part in (self.plural, name and segment(name), subresource) if part]
        return "/".join(parts)


class Cluster:
    """Calls the API server that the configuration of the pack means."""

    def __init__(self, config):
        self.url = (config.get("api_url") or in_cluster_url()).rstrip("/")
        self.is_own = not config.get("api_url")
        self.namespace = config.get("namespace") or (text_of("namespace") if self.is_own else None) or "default"
        self._session = requests.Session()
        # A proxy's or a login's settings of the environment are for other servers.
        self._session.trust_env = not self.is_own
        self._config = config
        self._authorities = authorities_of(config, self.is_own)
        self._resources = None
        token_of(config, self.is_own)

    def resource(self, kind, api_version=None):
        """By Kind, plural, singular or short name, also with a group: deployments.apps."""
        wanted = kind.lower()
        found = self._named(wanted, api_version)
        if not found:
            # It may have come since: apply makes kinds, too.
            self._resources = None
            found = self._named(wanted, api_version)
        if not found:
            where = " in %s" % api_version if api_version else ""
            raise ValueError('The cluster knows no kind "%s"%s; see kubectl api-resources' % (kind, where))
        # The core group comes first, as it does for kubectl: pods are those of v1, not of metrics.k8s.io.
        return found[0]

    def _named(self, wanted, api_version):
        return [one for one in self.resources() if wanted in one.names and api_version in (None, "", one.api_version)]

    def resources(self):
        if self._resources is None:
            self._resources = [*self._discovered("/api"), *self._discovered("/apis")]
        return self._resources

    def _discovered(self, path):
        listed = self.call("GET", path, headers={"Accept": DISCOVERY})
        if "items" not in listed:
            raise ValueError("%s does not list its kinds at once; Kubernetes 1.27 or later does" % self.url)
        for group in listed["items"]:
            name = group.get("metadata", {}).get("name", "")
            for version in group.get("versions", []):
                for one in version.get("resources", []):
                    yield as_resource(name, version["version"], one)

    def namespace_for(self, resource, namespace):
        return (namespace or self.namespace) if resource.namespaced else None

    def get(self, resource, namespace, name):
        return self.call("GET", resource.path(namespace, name))

    def list(self, resource, namespace, **query):
        """All items, page by page. `limit` in the query is the most that are returned."""
        limit = query.pop("limit", None)
        items, token = [], None
        while True:
            left = PAGE if limit is None else min(PAGE, limit - len(items))
            try:
                page = self.call("GET", resource.path(namespace), params={**query, "limit": left, "continue": token})
            except Refused as error:
                # The list as it was at the first page is forgotten after some minutes.
                if error.code != 410 or token is None:
                    raise
                items, token = [], None
                continue
            items += page.get("items", [])
            token = page.get("metadata", {}).get("continue")
            if not token or (limit is not None and len(items) >= limit):
                break
        return [{"apiVersion": resource.api_version, "kind": resource.kind, **item} for item in items]

    def patch(self, resource, namespace, name, body, kind="merge", subresource=None):
        headers = {"Content-Type": "application/%s-patch+json" % ("json" if kind == "json" else kind)}
        if kind == "strategic":
            headers = {"Content-Type": "application/strategic-merge-patch+json"}
        query = {"fieldManager": FIELD_MANAGER}
        return self.call("PATCH", resource.path(namespace, name, subresource), body, params=query, headers=headers)

    def call(self, method, path, body=None, params=None, headers=None, text=False):
        """The decoded answer. Raises Refused with what the server says and what to do."""
        query = {key: value for key, value in (params or {}).items() if value not in (None, "")}
        # The token of a pod is changed for another one before it expires. What the environment says of authorities would
        # come before those of the session.
        own = {"Authorization": "Bearer %s" % token_of(self._config, self.is_own), **(headers or {})}
        sent = {"json": body, "params": query, "headers": own, "verify": self._authorities}
        try:
            answer = self._session.request(method, self.url + path, **sent, timeout=REQUEST_SECONDS)
        except requests.RequestException as error:
            raise Refused(0, "%s %s: the API server cannot be reached: %s" % (method, self.url + path, error))
        if not answer.ok:
            raise refusal(method, path, answer.status_code, said(answer))
        return answer.content.decode("utf-8", "replace") if text else answer.json()


def segment(name):
    """A name as a part of a path."""
    if "/" in name or name in (".", ".."):
        raise ValueError('"%s" is no name of an object' % name)
    return quote(name, safe=":")


def as_resource(group, version, found):
    plural = found["resource"]
    kind = found.get("responseKind", {}).get("kind", "")
    singular = found.get("singularResource", "")
    names = {plural, kind.lower(), singular, *found.get("shortNames", [])} - {""}
    return Resource(
        group, version, plural, kind, found.get("scope") == "Namespaced", names | {"%s.%s" % (plural, group)}
    )


def said(answer):
    try:
        return answer.json().get("message", "")
    except ValueError:
        return answer.text[:500]


def in_cluster_url():
    host, port = os.environ.get("KUBERNETES_SERVICE_HOST"), os.environ.get("KUBERNETES_SERVICE_PORT", "443")
    if not host:
        raise ValueError("This does not run in a pod of Kubernetes; set api_url and token in the configuration of the pack")
    return "https://%s:%s" % ("[%s]" % host if ":" in host else host, port)


def text_of(name):
    try:
        with open(os.path.join(ACCOUNT, name)) as source:
            return source.read().strip()
    except FileNotFoundError:
        return None


def token_of(config, is_own):
    token = config.get("token") or (text_of("token") if is_own else None)
    if token:
        return token
    if not is_own:
        raise ValueError("Set token in the configuration of the pack: api_url names a cluster that this pod has no token of")
    raise ValueError(
        "The pod has no token: the Pack names no service account. Set spec.pod.serviceAccountName of the Pack to one whose "
        "roles allow what this action does; see the README of the pack"
    )


def authorities_of(config, is_own):
    """What requests takes as verify."""
    if not config.get("verify_ssl", True):
        return False
    if config.get("ca_cert"):
        file = tempfile.NamedTemporaryFile("w", suffix=".pem", delete=False)
        with file:
            file.write(config["ca_cert"])
        return file.name
    return os.path.join(ACCOUNT, "ca.crt") if is_own else True
