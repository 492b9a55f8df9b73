// operator/domain/purity.setup.ts — in tests of the pure layers, reaching for clock, chance or network throws.

const trap = (what: string) => () => {
  throw new Error(`${what} in pure code: pass it in as a parameter`);
};

const RealDate = Date;
globalThis.Date = new Proxy(RealDate, {
  construct: (target, args: unknown[]) =>
    args.length === 0 ? trap('new Date()')() : (Reflect.construct(target, args) as Date),
  apply: trap('Date()'),
  get: (target, key) => (key === 'now' ? trap('Date.now()') : (Reflect.get(target, key) as unknown)),
});
Math.random = trap('Math.random()');
globalThis.fetch = trap('fetch()');
crypto.randomUUID = trap('crypto.randomUUID()');
