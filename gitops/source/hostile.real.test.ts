import { ATTEMPTS } from '../testing-only/hostile/attempts';
import { Grounds } from '../testing-only/hostile/grounds';

jest.setTimeout(300_000);

/** docs/evidence/gitops-hostile.md is written from the same attempts. */

const grounds = new Grounds();
beforeAll(() => grounds.prepare());
afterAll(() => grounds.remove());

test.each(ATTEMPTS.map((one) => [one.what, one] as const))(
  '%s is refused, and what is like it is taken',
  async (_what, one) => {
    expect(await grounds.outcomeOf(one.attempt(grounds))).toBe(one.code);
    expect(await grounds.outcomeOf(one.control(grounds))).toBe('accepted');
  },
);
