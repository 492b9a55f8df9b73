// cli/session.ts — what every command needs: connection, namespace, screen, and where the operator is.
import { call, collection, type Connection, listAll } from './kube.ts';
import { Failure, isForbidden, isMissing } from './failure.ts';
import type { Screen } from './print.ts';

export interface Session {
  readonly to: Connection;
  readonly namespace: string;
  /** Where --operator-namespace says that the operator is; found by its labels otherwise. */
  readonly operatorNamespace: string | undefined;
  readonly screen: Screen;
  readonly now: () => Date;
}

/** Opens a session for a verb; `names` are its first argument, `rest` its second. */
export type Doing = <O>(
  work: (session: Session, options: O, names: string[], rest: string[]) => Promise<number | undefined>,
) => (...passed: unknown[]) => Promise<void>;

/** The same for a verb that needs no cluster; `name` is its first argument. */
export type Offline = <O>(
  work: (screen: Screen, options: O, name: string) => number | Promise<number>,
) => (...passed: unknown[]) => Promise<void>;

export interface Deployment {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly labels?: Record<string, string> };
  readonly spec: {
    readonly replicas?: number;
    readonly template: { readonly spec: { readonly containers: readonly Container[] } };
  };
  readonly status?: { readonly replicas?: number; readonly readyReplicas?: number };
}
interface Container {
  readonly image: string;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
}

const SELECTOR = { labelSelector: 'app.kubernetes.io/name=squall' };
/** Where to look when the user may not list Deployments of all namespaces. */
const USUAL_NAMESPACES = ['squall-system', 'squall'];

/** The operator that serves the session's namespace; throws Failure when none can be seen. */
export async function findOperator(session: Session): Promise<Deployment> {
  const all = session.operatorNamespace === undefined ? [''] : [session.operatorNamespace];
  const found =
    (await deployments(session, all)) ?? (await deployments(session, [...USUAL_NAMESPACES, session.namespace])) ?? [];
  const serving = found.filter((one) => ['', session.namespace].includes(watchedBy(one)));
  const chosen = serving.find((one) => watchedBy(one) === session.namespace) ?? serving[0] ?? found[0];
  if (chosen) return chosen;
  throw new Failure(
    'operator: no Deployment with the label app.kubernetes.io/name=squall can be seen; install the chart, or say where it is with --operator-namespace',
  );
}

const watchedBy = (deployment: Deployment): string =>
  deployment.spec.template.spec.containers[0]?.env?.find((one) => one.name === 'SQUALL_WATCH_NAMESPACE')?.value ?? '';

/** undefined = this user may not look there. */
async function deployments({ to }: Session, namespaces: readonly string[]): Promise<Deployment[] | undefined> {
  const lists = namespaces.map((namespace) =>
    listAll<Deployment>(to, 'list Deployments', collection('apps/v1', namespace, 'deployments'), SELECTOR).catch(
      (error) => {
        if (isForbidden(error) || isMissing(error)) return undefined;
        throw error;
      },
    ),
  );
  const answers = (await Promise.all(lists)).filter((list) => list !== undefined);
  return answers.length === 0 ? undefined : answers.flat();
}

/** The user's own name, as the API server knows it; undefined where it does not tell. */
export async function ownName({ to }: Session): Promise<string | undefined> {
  const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  const path = collection('authentication.k8s.io/v1', '', 'selfsubjectreviews');
  return call<{ status?: { userInfo?: { username?: string } } }>(to, 'ask for my name', path, {
    method: 'POST',
    body: review,
  }).then(
    (answer) => answer.status?.userInfo?.username,
    (error) => {
      if (isForbidden(error) || isMissing(error)) return undefined;
      throw error;
    },
  );
}
