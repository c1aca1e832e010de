import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { cacheDirectory } from '../../cluster/tools/tool';
import { linux, needs } from '../support/needs';
import { oneAtATime } from './one-at-a-time';

const name = `test-${randomUUID()}`;
afterAll(() => rmSync(join(cacheDirectory(), `.${name}.lock`), { force: true }));

needs(linux).describe('work of one name', () => {
  test('is done by one at a time, and what fails makes room for the next', async () => {
    const said: string[] = [];
    const work = (who: string) =>
      oneAtATime(name, async () => {
        said.push(`${who} begins`);
        await pause(50);
        said.push(`${who} ends`);
        if (who === 'first') throw new Error('of the work');
        return who;
      });
    const [first, second] = await Promise.allSettled([work('first'), work('second')]);
    expect(first).toMatchObject({ status: 'rejected', reason: { message: 'of the work' } });
    expect(second).toEqual({ status: 'fulfilled', value: 'second' });
    // In which order is not said, only that none begins before another has ended.
    const whos = said.map((one) => one.split(' ')[0]);
    expect([whos[0], whos[2]]).toEqual([whos[1], whos[3]]);
    expect(said).toHaveLength(4);
  });

  test('of another name does not wait', async () => {
    const other = `${name}-other`;
    await oneAtATime(name, () => oneAtATime(other, async () => {}));
    rmSync(join(cacheDirectory(), `.${other}.lock`), { force: true });
  });
});
