// operator/domain/purity.setup.ts — in tests of the pure layers, reaching for clock, chance or network throws.

const trap = (what: string) => () => {
  throw new Error(`${what} in pure code: pass it in as a parameter`);
};

function setTraps(): void {
  const RealDate = Date;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args: unknown[]) =>
      args.length === 0 ? trap('new Date()')() : (Reflect.construct(target, args) as Date),
    apply: trap('Date()'),
    get: (target, key) => (key === 'now' ? trap('Date.now()') : (Reflect.get(target, key) as unknown)),
  });
  // Who asks a date for its class is told the one that everybody sees.
  Object.defineProperty(RealDate.prototype, 'constructor', { value: globalThis.Date });
  Math.random = trap('Math.random()');
  globalThis.fetch = trap('fetch()');
  crypto.randomUUID = trap('crypto.randomUUID()');
}

/** Test files share a worker: the traps are set by the first of them. */
const SET = Symbol.for('squall.purity');
if (!Object.hasOwn(globalThis, SET)) {
  setTraps();
  Object.defineProperty(globalThis, SET, { value: true });
}
