import { SandboxError, type SandboxErrorCode } from '../errors';
import { withRoom } from './with-room';

const open = new AbortController().signal;
const failing = (code: SandboxErrorCode) =>
  new SandboxError(code, { where: 'a claim', found: 'it', expected: 'room', remedy: 'Wait.' });

/** A pool with so many members, and a claim that finds room after so many have given way. */
function scene(members: number, needed: number, code: SandboxErrorCode = 'QuotaExceeded') {
  let given = 0;
  const pool = {
    giveWay: async () => {
      if (given === members) return false;
      given += 1;
      return true;
    },
  };
  const make = async () => {
    if (given < needed) throw failing(code);
    return 'made';
  };
  return { pool, make, given: () => given };
}

test('what waits in the pool gives way to a claim, and no more of it than is needed', async () => {
  const { pool, make, given } = scene(3, 1);
  await expect(withRoom(pool, open, make)).resolves.toBe('made');
  expect(given()).toBe(1);
});

test('where nothing can give way, the claim says that the quota is full', async () => {
  const { pool, make } = scene(0, 1);
  await expect(withRoom(pool, open, make)).rejects.toMatchObject({ code: 'QuotaExceeded' });
});

test('another error is told at once, and nothing gives way', async () => {
  const { pool, make, given } = scene(3, 1, 'PolicyDenied');
  await expect(withRoom(pool, open, make)).rejects.toMatchObject({ code: 'PolicyDenied' });
  expect(given()).toBe(0);
});

test('a claim that was aborted takes nothing from the pool', async () => {
  const { pool, make, given } = scene(3, 1);
  await expect(withRoom(pool, AbortSignal.abort(), make)).rejects.toMatchObject({ code: 'QuotaExceeded' });
  expect(given()).toBe(0);
});

describe('on a clock of the test', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  test.each([
    [3, 'made'],
    [8, 'made'],
    [9, 'QuotaExceeded'],
  ])('room that was made and is there after %i tries is waited for so long: %s', async (needed, what) => {
    let [tries, isFirst] = [0, true];
    const pool = {
      giveWay: async () => {
        const is = isFirst;
        isFirst = false;
        return is;
      },
    };
    const made = withRoom(pool, open, async () => {
      tries += 1;
      if (tries <= needed) throw failing('QuotaExceeded');
      return 'made';
    }).catch(({ code }: SandboxError) => code);
    await jest.advanceTimersByTimeAsync(20_000);
    expect([await made, tries]).toEqual([what, Math.min(needed + 1, 9)]);
  });
});
