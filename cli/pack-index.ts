// cli/pack-index.ts — where indexes of packs are → all packs that they know.
import { readFile } from 'node:fs/promises';
import { EnvHttpProxyAgent, request } from 'undici';
import {
  INDEX_CONFIG_MAP as INDEX_MAP,
  INDEX_KEY,
  type IndexAnswer,
  mergeIndexes,
  noResults,
  type PackIndex,
} from '../operator/domain/pack/packindex.ts';
import { Failure, isForbidden, isMissing } from './failure.ts';
import { call, collection } from './kube.ts';
import { findOperator, type Session } from './session.ts';

const ANSWER_MS = 20_000;
const MOST_BYTES = 64 * 1024 * 1024;
const REDIRECTS = 5;

/**
 * The packs of the indexes that are named (addresses, or files of this machine), else of those of SQUALL_PACK_INDEXES, else of the
 * ConfigMaps and of those that the operator has. What an index that fails says is told. @throws Failure when none answers
 */
export async function readPackIndex(session: Session, named: readonly string[] = []): Promise<PackIndex> {
  const chosen = named.length > 0 ? named : listOf(process.env['SQUALL_PACK_INDEXES']);
  const hidden: string[] = [];
  const answers =
    chosen.length > 0
      ? await Promise.all(chosen.map(answerOf))
      : [
          ...(await mapAnswers(session, hidden)),
          ...(await Promise.all((await operatorIndexes(session)).map(answerOf))),
        ];
  if (answers.length === 0)
    throw new Failure(
      `index of packs: ${hidden.length > 0 ? `you may not read ${hidden.join(' and ')}, and no other can be seen` : 'there is none'}; name one with --index URL, or make the ConfigMap ${INDEX_MAP} with the key ${INDEX_KEY}`,
    );
  const { index, health } = mergeIndexes(answers);
  const broken = health.filter(({ error }) => error !== null);
  if (broken.length === health.length) throw new Failure(`${noResults(health)}; name another one with --index URL`);
  for (const { url, message } of broken) session.screen.err(`warning: index ${url}: ${message}\n`);
  return index;
}

const listOf = (text = ''): readonly string[] =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');

/** As its Deployment has them; none where it cannot be seen. */
async function operatorIndexes(session: Session): Promise<readonly string[]> {
  const operator = await operatorOf(session);
  const env = operator?.spec.template.spec.containers.flatMap((container) => container.env ?? []) ?? [];
  return listOf(env.find(({ name }) => name === 'SQUALL_PACK_INDEXES')?.value);
}

const operatorOf = (session: Session) =>
  findOperator(session).catch((error: unknown) => {
    if (error instanceof Failure) return undefined;
    throw error;
  });

/** That of the namespace counts before that of the operator's; what this user may not read is added to `hidden`. */
async function mapAnswers(session: Session, hidden: string[]): Promise<readonly IndexAnswer[]> {
  const operator = await operatorOf(session);
  const namespaces = new Set([session.namespace, ...(operator ? [operator.metadata.namespace] : [])]);
  const texts = await Promise.all(
    [...namespaces].map(async (namespace) => {
      const path = `${collection('v1', namespace, 'configmaps')}/${INDEX_MAP}`;
      const found = await call<{ data?: Record<string, string> }>(session.to, `get ConfigMap ${INDEX_MAP}`, path).catch(
        (error: unknown) => {
          if (isForbidden(error)) hidden.push(`ConfigMap ${namespace}/${INDEX_MAP}`);
          else if (!isMissing(error)) throw error;
          return undefined;
        },
      );
      const text = found?.data?.[INDEX_KEY];
      return text === undefined ? [] : [{ url: `ConfigMap ${namespace}/${INDEX_MAP}`, text }];
    }),
  );
  return texts.flat();
}

async function answerOf(url: string): Promise<IndexAnswer> {
  try {
    return { url, text: /^https?:/.test(url) ? await textOf(url, REDIRECTS) : await readFile(pathOf(url), 'utf8') };
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    return { url, failure: message || code || 'no answer' };
  }
}

const pathOf = (url: string): string | URL => (url.startsWith('file://') ? new URL(url) : url);

async function textOf(url: string, redirects: number): Promise<string> {
  const dispatcher = new EnvHttpProxyAgent({ headersTimeout: ANSWER_MS, bodyTimeout: ANSWER_MS });
  try {
    const { statusCode, headers, body } = await request(url, { dispatcher, headers: { accept: 'application/json' } });
    const { location } = headers;
    if (statusCode >= 300 && statusCode < 400 && typeof location === 'string' && redirects > 0)
      return await textOf(new URL(location, url).href, redirects - 1);
    if (statusCode !== 200) throw new Error(`HTTP ${statusCode}`);
    const pieces: Buffer[] = [];
    let bytes = 0;
    for await (const piece of body as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes > MOST_BYTES) throw new Error(`it has more than ${MOST_BYTES} bytes`);
      pieces.push(piece);
    }
    return Buffer.concat(pieces).toString();
  } finally {
    await dispatcher.destroy();
  }
}
