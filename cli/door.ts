// cli/door.ts — the operator's own doors, reached through the API server with the user's rights.
import { Failure } from './failure.ts';
import { type Call, call, collection, textOf } from './kube.ts';
import { type Deployment, findOperator, type Session } from './session.ts';

/** Text of an answer of the operator. `path` is that of its HTTPS door. */
export async function askOperator(session: Session, what: string, path: string, options: Call = {}): Promise<string> {
  const operator = await findOperator(session);
  const { namespace, name: service } = operator.metadata;
  const token = session.to.token ?? (await requestToken(session, operator));
  const door = `${collection('v1', namespace, 'services')}/https:${service}:443/proxy`;
  // The API server keeps the header Authorization for itself; this one it passes on.
  const headers = { ...options.headers, 'x-auth-token': token };
  return await textOf(session.to, what, `${door}${path}`, { ...options, headers });
}

/** A short-lived token of the service account that the chart makes for this, for users with client certificates. */
async function requestToken({ to }: Session, { metadata: { namespace } }: Deployment): Promise<string> {
  const path = collection('v1', namespace, 'serviceaccounts');
  const query = { labelSelector: 'app.kubernetes.io/name=squall,app.kubernetes.io/component=cli' };
  const accounts = await call<{ items: { metadata: { name: string } }[] }>(
    to,
    'find the service account of the CLI',
    path,
    { query },
  );
  const account = accounts.items[0]?.metadata.name;
  if (account === undefined)
    throw new Failure('your kubeconfig has no token, and the chart made no service account for the CLI');
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 600 } };
  const answer = await call<{ status: { token: string } }>(
    to,
    `request a token of ${account}`,
    `${path}/${account}/token`,
    { method: 'POST', body },
  );
  return answer.status.token;
}
