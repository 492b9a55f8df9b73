// operator/kube/paths.ts — where objects live in the API, and the kinds of Kubernetes that the operator meets.
import type { Kind } from '../api/meta.ts';

export type Query = Readonly<Record<string, string>>;
type Resource = Pick<Kind, 'apiVersion' | 'plural'>;

/** Path of all objects of a kind, in one namespace or (without one) in all. */
export function collectionPath({ apiVersion, plural }: Resource, namespace?: string): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return namespace === undefined
    ? `${root}/${plural}`
    : `${root}/namespaces/${encodeURIComponent(namespace)}/${encodeURIComponent(plural)}`;
}

/** Path of one object; `namespace` is undefined for kinds that have none. */
export const objectPath = (kind: Resource, namespace: string | undefined, name: string): string =>
  `${collectionPath(kind, namespace)}/${encodeURIComponent(name)}`;

/** What a path is about; `kind` is the plural, `other` for paths that are no resource. */
export interface Place {
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
}

/** The kind, namespace and name that a path speaks of: the reverse of `objectPath`. */
export function placeOf(path: string): Place {
  const words = path.split('/').filter(Boolean).map(decodeURIComponent);
  const rest = words[0] === 'api' ? words.slice(2) : words[0] === 'apis' ? words.slice(3) : [];
  if (rest.length === 0) return { kind: 'other', namespace: undefined, name: undefined };
  const scoped = rest[0] === 'namespaces' && rest.length > 2;
  const [kind = 'other', name] = scoped ? rest.slice(2) : rest;
  return { kind, namespace: scoped ? rest[1] : undefined, name };
}

export const KIND = {
  job: { apiVersion: 'batch/v1', kind: 'Job', plural: 'jobs' },
  pod: { apiVersion: 'v1', kind: 'Pod', plural: 'pods' },
  secret: { apiVersion: 'v1', kind: 'Secret', plural: 'secrets' },
  configMap: { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps' },
  lease: { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', plural: 'leases' },
  event: { apiVersion: 'events.k8s.io/v1', kind: 'Event', plural: 'events' },
  node: { apiVersion: 'v1', kind: 'Node', plural: 'nodes' },
  namespace: { apiVersion: 'v1', kind: 'Namespace', plural: 'namespaces' },
  serviceAccount: { apiVersion: 'v1', kind: 'ServiceAccount', plural: 'serviceaccounts' },
  deployment: { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments' },
  controllerRevision: { apiVersion: 'apps/v1', kind: 'ControllerRevision', plural: 'controllerrevisions' },
  tokenReview: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', plural: 'tokenreviews' },
  subjectAccessReview: {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    plural: 'subjectaccessreviews',
  },
} as const satisfies Record<string, Kind>;
