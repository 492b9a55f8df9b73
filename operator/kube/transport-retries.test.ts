// operator/kube/transport-retries.test.ts — refusals, lost connections and deadlines: what is tried again, and what is in doubt.
import { describe, expect, test } from 'vitest';
import { AmbiguousError, StatusError, statusOf } from './errors.ts';
import {
  type Answer,
  failureOf,
  MAPS,
  object,
  ok,
  play,
  refuse,
  reset,
  send,
  serve,
  status,
} from './transport.setup.ts';

const scene = serve();

describe('a refusal', () => {
  test('carries what the Status says', async () => {
    const details = {
      name: 'm',
      kind: 'configmaps',
      causes: [{ field: 'spec.x', reason: 'FieldValueInvalid', message: 'no' }],
    };
    scene.answer = (_request, response) => send(response, 422, status(422, 'Invalid', 'm is invalid', details));
    const error = await failureOf((await scene.open()).create(MAPS, {}));
    expect(error).toBeInstanceOf(StatusError);
    expect(error).toMatchObject({ code: 422, reason: 'Invalid', details, message: `POST ${MAPS}: 422 m is invalid` });
    expect(scene.seen).toHaveLength(1);
  });
  test('by something that is no API server is told as it is', async () => {
    scene.answer = (_request, response) => response.writeHead(404).end('<h1>nothing here</h1>');
    const error = await failureOf((await scene.open()).get(`${MAPS}/m`));
    expect(error).toMatchObject({ code: 404, reason: '', message: `GET ${MAPS}/m: 404 <h1>nothing here</h1>` });
  });
  test('with 401 reads the credentials again, once', async () => {
    scene.answer = play(refuse(401), ok);
    await (await scene.open()).create(MAPS, {});
    scene.answer = refuse(401);
    scene.seen.length = 0;
    expect(await failureOf((await scene.open()).create(MAPS, {}))).toMatchObject({ code: 401 });
    expect(scene.seen).toHaveLength(2);
  });
});

describe('a read', () => {
  test.each([429, 500, 502, 503, 504])('answered by %i is tried again, twice', async (code) => {
    const api = await scene.open();
    scene.answer = play(refuse(code), refuse(code), ok);
    expect(await api.get(`${MAPS}/m`)).toEqual(object);
    scene.answer = refuse(code);
    scene.seen.length = 0;
    expect(await failureOf(api.get(`${MAPS}/m`))).toMatchObject({ code });
    expect(scene.seen).toHaveLength(3);
  });
  test('whose connection is lost is tried again', async () => {
    scene.answer = play(
      reset,
      (_request, response) => {
        response.writeHead(200, { 'content-length': '100' }).write('{"half":');
        setTimeout(() => response.destroy(), 10);
      },
      ok,
    );
    expect(await (await scene.open()).get(`${MAPS}/m`)).toEqual(object);
  });
  test('answered by 400, 403, 404, 409, 410 is not tried again', async () => {
    const api = await scene.open();
    for (const code of [400, 403, 404, 409, 410]) {
      scene.answer = refuse(code);
      expect(await failureOf(api.get(`${MAPS}/m`))).toMatchObject({ code });
    }
    expect(scene.seen).toHaveLength(5);
  });
});

describe('a change', () => {
  test('answered by 429, or by 503 with Retry-After, was not applied and is tried again', async () => {
    const api = await scene.open();
    for (const code of [429, 503]) {
      scene.answer = play(refuse(code, { 'retry-after': '0' }), refuse(code, { 'retry-after': '1' }), ok);
      scene.seen.length = 0;
      await api.create(MAPS, {});
      expect(scene.seen).toHaveLength(3);
    }
  });
  test('whose Retry-After is beyond the deadline is refused at once', async () => {
    scene.answer = refuse(429, { 'retry-after': '60' });
    const error = await failureOf((await scene.open()).create(MAPS, {}, { deadlineMs: 5_000 }));
    expect(error).toMatchObject({ code: 429, retryAfterMs: 60_000 });
    expect(scene.seen).toHaveLength(1);
  });
  test.each([500, 502, 503, 504])(
    'answered by %i is in doubt: never sent twice, the answer is its cause',
    async (code) => {
      scene.answer = refuse(code);
      const error = await failureOf((await scene.open()).create(MAPS, {}));
      expect(error).toBeInstanceOf(AmbiguousError);
      expect(statusOf(error)?.code).toBe(code);
      expect(scene.seen).toHaveLength(1);
    },
  );
  test('whose connection is lost is in doubt', async () => {
    scene.answer = reset;
    const error = await failureOf((await scene.open()).mergePatch(`${MAPS}/m`, {}));
    expect(error).toBeInstanceOf(AmbiguousError);
    expect(String(error)).toMatch(/PATCH .*configmaps\/m: .*; it may have been applied$/);
    expect(scene.seen).toHaveLength(1);
  });
  test('that nobody listens to was not applied, and is tried again until the deadline', async () => {
    const calls: number[] = [];
    const api = await scene.open({ onCall: ({ code }) => calls.push(code) }, 'http://127.0.0.1:1');
    const error = await failureOf(api.create(MAPS, {}, { deadlineMs: 1_000 }));
    expect(error).not.toBeInstanceOf(AmbiguousError);
    expect(String(error)).toContain(`POST ${MAPS}: ECONNREFUSED`);
    expect(calls.length).toBeGreaterThan(2);
  });
  test('of a review is a question, and asked again', async () => {
    scene.answer = play(refuse(500), ok);
    await (await scene.open()).create('/apis/authentication.k8s.io/v1/tokenreviews', {});
    expect(scene.seen).toHaveLength(2);
  });
});

describe('the deadline', () => {
  const never: Answer = () => {};
  test('ends a read that gets no answer', async () => {
    scene.answer = never;
    const error = await failureOf((await scene.open()).get(`${MAPS}/m`, { deadlineMs: 200 }));
    expect(String(error)).toBe(`Error: GET ${MAPS}/m: no answer in 200 ms`);
  });
  test('ends one whose answer stops half way: a half-open connection', async () => {
    scene.answer = (_request, response) => response.writeHead(200).write('{"half":');
    const error = await failureOf((await scene.open({ deadlineMs: 200 })).get(`${MAPS}/m`));
    expect(String(error)).toContain('no answer in 200 ms');
  });
  test('leaves a change in doubt', async () => {
    scene.answer = never;
    const error = await failureOf((await scene.open()).create(MAPS, {}, { deadlineMs: 200 }));
    expect(error).toBeInstanceOf(AmbiguousError);
  });
  test("the caller's own signal ends a call with its reason", async () => {
    scene.answer = never;
    const reason = new Error('stopping');
    expect(await failureOf((await scene.open()).get(`${MAPS}/m`, { signal: AbortSignal.abort(reason) }))).toBe(reason);
  });
});
