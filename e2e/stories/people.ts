// e2e/stories/people.ts — users with exactly the rights that a story gives them, and what the API server answers to them.
import { stringify } from 'yaml';
import { kubectl, kubectlRefusal, ours } from '../harness.ts';

interface Right {
  readonly groups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly names?: readonly string[];
}

/** Gives `user` these rights in the namespace, and no others. */
export async function grant(namespace: string, user: string, rights: readonly Right[]): Promise<void> {
  const rbac = 'rbac.authorization.k8s.io';
  const metadata = { namespace, name: `story-${user}` };
  const rules = rights.map(({ groups, resources, verbs, names }) => ({
    apiGroups: groups,
    resources,
    verbs,
    ...(names && { resourceNames: names }),
  }));
  const objects = [
    { apiVersion: `${rbac}/v1`, kind: 'Role', metadata, rules },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: rbac, kind: 'Role', name: metadata.name },
      subjects: [{ apiGroup: rbac, kind: 'User', name: user }],
    },
  ];
  await kubectl(['apply', '-f', '-'], objects.map((object) => stringify(object)).join('---\n'));
}

const dry = (user: string): string[] => [`--as=${user}`, 'create', '--dry-run=server', '-f', '-'];

/** What the API server says to `user` who creates the object; nothing is stored. @throws Error when it is refused */
export const tries = (
  user: string,
  namespace: string,
  kind: string,
  spec: object,
  metadata: object = {},
): Promise<string> => kubectl(dry(user), stringify(withMetadata(ours(kind, namespace, 'tried', spec), metadata)));

/** The words of the refusal. @throws Error when it is not refused */
export const isRefused = (
  user: string,
  namespace: string,
  kind: string,
  spec: object,
  metadata: object = {},
): Promise<string> =>
  kubectlRefusal(dry(user), stringify(withMetadata(ours(kind, namespace, 'tried', spec), metadata)));

const withMetadata = (object: object, more: object): object => {
  const { metadata, ...rest } = object as { metadata: object };
  return { ...rest, metadata: { ...metadata, ...more } };
};
