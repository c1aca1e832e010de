// Every error of ours that a test meets says where, what was found, what was expected and what to do: one that lacks a fact
// becomes a TypeError here, whatever the test looks at. Plain JavaScript, for jest's `setupFilesAfterEnv`.
jest.mock('../../errors/drydock-error', () => {
  const real = jest.requireActual('../../errors/drydock-error');

  class DrydockError extends real.DrydockError {
    constructor(code, facts) {
      super(code, facts);
      for (const name of ['where', 'found', 'expected', 'remedy'])
        if (!/\S/.test(facts[name]))
          throw new TypeError(`${code} does not say its \`${name}\`: ${this.message}`);
    }
  }

  return { ...real, DrydockError };
});
