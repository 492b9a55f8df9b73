# packs/kubernetes/actions/lib/refusal.py — an answer of the API server that is no success → a message with the remedy.
import re

VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete", "GET": "get"}
PASSING = (0, 429, 502, 503, 504)
FORBIDDEN = re.compile(
    r'User "(?P<user>[^"]+)" cannot (?P<verb>\S+) resource "(?P<resource>[^"]+)"'
    r'(?: in API group "(?P<group>[^"]*)")?(?P<where> in the namespace "(?P<namespace>[^"]+)"| at the cluster scope)?'
)


class Refused(Exception):
    """`code` is the HTTP status, 0 when there was no answer."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code

    @property
    def passes(self):
        """Whether the same call may go well a little later."""
        return self.code in PASSING


def refusal(method, path, code, message):
    what = "%s %s: %s" % (VERBS.get(method, method), path, message or "HTTP status %d" % code)
    if code == 401:
        return Refused(code, what + "; the token is not valid for this cluster, or it has expired")
    if code == 403:
        return Refused(code, what + missing_rule(message))
    if code == 409:
        return Refused(code, what + "; run the action again, or set force where it has that parameter")
    if code == 415 and method == "PATCH":
        return Refused(code, what + "; custom resources know the types merge and json, not strategic")
    return Refused(code, what)


def missing_rule(message):
    """The rule of a Role that would allow it; nothing when the refusal was not one of RBAC."""
    found = FORBIDDEN.search(message or "")
    if not found:
        return ""
    rule = '{apiGroups: ["%s"], resources: ["%s"], verbs: ["%s"]}' % (
        found["group"] or "",
        found["resource"],
        found["verb"],
    )
    scope = "a Role in namespace %s" % found["namespace"] if found["namespace"] else "a ClusterRole"
    return "; give %s to %s by %s" % (rule, found["user"].replace("system:serviceaccount:", "service account "), scope)
