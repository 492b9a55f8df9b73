// operator/kube/time.ts — times as the API server wants them, and waiting.

/** RFC 3339 with six digits of fraction: Lease and Event refuse the three that `toISOString` gives. */
export const microTime = (date: Date): string => date.toISOString().replace('Z', '000Z');

/** Waits; an abort ends the wait early and quietly, so look at the signal afterwards. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const wake = () => resolve();
  signal?.addEventListener('abort', wake, { once: true });
  await promise;
  clearTimeout(timer);
  signal?.removeEventListener('abort', wake);
}
