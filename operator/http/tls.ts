// operator/http/tls.ts — the certificate that the operator serves with: in a Secret, made once, renewed in time, the same on all replicas.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { KubeObject } from '../api/meta.ts';
import { isAlreadyExists, isConflict, isNotFound } from '../kube/errors.ts';
import { collectionPath, KIND, objectPath } from '../kube/paths.ts';
import type { Transport } from '../kube/transport.ts';
import type { Log } from '../telemetry/log.ts';
import { type Pair, readCertificate } from './certificate.ts';

export interface TlsOptions {
  readonly transport: Transport;
  readonly namespace: string;
  /** Name of the Secret, of type kubernetes.io/tls. */
  readonly secret: string;
  /** Names and addresses under which the operator is reached. */
  readonly names: readonly string[];
  readonly log: Log;
  readonly now?: () => Date;
}

/** What is served now; `ca` is all CAs that clients should trust, PEM. */
export interface Serving extends Pair {
  readonly ca: string;
  /** PEM; of the first certificate in `ca`, which is the newest and signs. */
  readonly caKey: string;
}

/** How often the Secret is looked at: for its renewal, and for one made by another replica. */
const CHECK_MS = 600_000;
const TRIES = 5;
/** 20 MiB of code that a start with a good certificate does without. */
const makers = () => import('./certificates.ts');

/** The DNS names of a Service in its cluster, from its URL. */
export function serviceNames(serviceUrl: string): readonly string[] {
  const host = new URL(serviceUrl).hostname.replace(/^\[|\]$/g, '');
  const [service, namespace] = host.split('.');
  const short =
    host.endsWith('.svc') && namespace !== undefined
      ? [`${host}.cluster.local`, `${service}.${namespace}`, service ?? host]
      : [];
  return [...new Set([host, ...short, 'localhost', '127.0.0.1'])];
}

/**
 * Reads the Secret, making or renewing what is in it where that is due. Replicas agree by its resourceVersion. Where it is
 * gone or broken, `known` is put back, because pods that run trust no other CA.
 */
export async function ensureServing(options: TlsOptions, known?: Serving): Promise<Serving> {
  const { transport, namespace, secret, now = () => new Date() } = options;
  const path = objectPath(KIND.secret, namespace, secret);
  for (let tries = 1; ; tries++) {
    const existing = await transport.get(path).catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw new Error(`read Secret ${namespace}/${secret} of the serving certificate`, { cause: error });
    });
    const stored = existing && servingOf(existing);
    const wanted = await renew(stored ?? known, options, now());
    if (wanted === stored) return wanted;
    try {
      const object = secretOf(wanted, existing, options);
      if (existing) await transport.replace(path, object);
      else await transport.create(collectionPath(KIND.secret, namespace), object);
      const facts = { secret, renewAt: readCertificate(wanted.cert).renewAt };
      if (stored || !known) options.log.info(facts, 'serving certificate made');
      else options.log.warn(facts, 'serving certificate was gone or broken and is put back');
      return wanted;
    } catch (error) {
      const lost = isConflict(error) || isAlreadyExists(error); // another replica was faster: take what it made
      if (!lost || tries === TRIES)
        throw new Error(`write Secret ${namespace}/${secret} of the serving certificate`, { cause: error });
    }
  }
}

/**
 * Looks again every 10 min, until `stop`, and tells `onChange` of a new certificate. An error is logged and tried again.
 * @returns a function that tells what is served now
 */
export function followServing(
  first: Serving,
  options: TlsOptions & { readonly stop: AbortSignal; readonly onChange: (serving: Serving) => void },
): () => Serving {
  let current = first;
  const look = async () => {
    try {
      const next = await ensureServing(options, current);
      if (next.cert === current.cert && next.ca === current.ca) return;
      options.onChange(next); // first: when it throws, pods go on to get the CA of what is served
      current = next;
    } catch (err) {
      options.log.error({ err }, 'serving certificate cannot be renewed; it is tried again');
    }
  };
  const timer = setInterval(() => void look(), CHECK_MS);
  timer.unref();
  options.stop.addEventListener('abort', () => clearInterval(timer), { once: true });
  return () => current;
}

/** What should be in the Secret; `held` itself when it still is good. */
async function renew(held: Serving | undefined, { names }: TlsOptions, now: Date): Promise<Serving> {
  const bundle = held ? certificatesIn(held.ca).filter((pem) => readCertificate(pem).notAfter > now) : [];
  const newest = bundle[0];
  if (!held || newest === undefined || readCertificate(newest).renewAt <= now) {
    const { createCa, createLeaf } = await makers();
    const ca = await createCa(now);
    // Pods that run trust the old CA only: it stays in the bundle, and the leaf is signed by it as long as that leaf lives.
    if (held && newest !== undefined && isGood(held.cert, names, now))
      return { ...held, ca: ca.cert + bundle.join(''), caKey: ca.key };
    const leaf = await createLeaf(ca, names, now);
    return { ...leaf, ca: ca.cert + bundle.join(''), caKey: ca.key };
  }
  if (isGood(held.cert, names, now)) return held;
  return {
    ...(await (await makers()).createLeaf({ cert: newest, key: held.caKey }, names, now)),
    ca: bundle.join(''),
    caKey: held.caKey,
  };
}

function isGood(cert: string, names: readonly string[], now: Date): boolean {
  const facts = readCertificate(cert);
  return facts.renewAt > now && names.every((name) => facts.names.includes(name));
}

/** Undefined when something is missing, is no PEM, or does not belong to the rest: nobody could be served with it. */
function servingOf({ data }: KubeObject & { readonly data?: Readonly<Record<string, string>> }): Serving | undefined {
  const text = (key: string) => Buffer.from(data?.[key] ?? '', 'base64').toString('utf8');
  const serving = { cert: text('tls.crt'), key: text('tls.key'), ca: text('ca.crt'), caKey: text('ca.key') };
  try {
    return fitsTogether(serving) ? serving : undefined;
  } catch {
    return undefined; // emptied or overwritten
  }
}

/** @throws Error when a part is no PEM */
function fitsTogether({ cert, key, ca, caKey }: Serving): boolean {
  const leaf = new X509Certificate(cert);
  const bundle = certificatesIn(ca).map((pem) => new X509Certificate(pem));
  const between = certificatesIn(cert)
    .slice(1)
    .map((pem) => new X509Certificate(pem));
  return (
    leaf.checkPrivateKey(createPrivateKey(key)) &&
    bundle[0]?.checkPrivateKey(createPrivateKey(caKey)) === true &&
    [...bundle, ...between].some((issuer) => leaf.verify(issuer.publicKey))
  );
}

function secretOf(
  { cert, key, ca, caKey }: Serving,
  existing: KubeObject | undefined,
  { namespace, secret }: TlsOptions,
) {
  const version = existing ? { resourceVersion: existing.metadata.resourceVersion } : {};
  const encoded = Object.entries({ 'tls.crt': cert, 'tls.key': key, 'ca.crt': ca, 'ca.key': caKey }).map(
    ([name, pem]) => [name, Buffer.from(pem).toString('base64')],
  );
  const labels = existing?.metadata.labels ?? { 'app.kubernetes.io/managed-by': 'squall' };
  const owners = existing?.metadata.ownerReferences ? { ownerReferences: existing.metadata.ownerReferences } : {};
  const annotations = existing?.metadata.annotations ? { annotations: existing.metadata.annotations } : {};
  const metadata = { name: secret, namespace, labels, ...annotations, ...owners, ...version };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata,
    type: 'kubernetes.io/tls',
    data: Object.fromEntries(encoded) as Record<string, string>,
  };
}

const certificatesIn = (bundle: string): readonly string[] =>
  bundle
    .match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----\n?/g)
    ?.map((pem) => (pem.endsWith('\n') ? pem : `${pem}\n`)) ?? [];
