import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GitopsError } from '../errors';
import { PushSecrets } from './push-secrets';

const ONE = 'correct-horse-battery';
const OTHER = 'another-horse-battery';
let folder: string;
let now = 0;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-push-secrets-'));
  jest.spyOn(performance, 'now').mockImplementation(() => now);
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

/** As the kubelet changes a mounted Secret: a link that is moved over the other. */
function mount(text: string): string {
  now += 2_000;
  const file = join(folder, `version-${now}`);
  writeFileSync(file, text);
  symlinkSync(file, join(folder, 'next'));
  renameSync(join(folder, 'next'), join(folder, 'secret'));
  return join(folder, 'secret');
}

test('each line is a secret, and a file that changes is read again', () => {
  const secrets = new PushSecrets(mount(`${ONE}\n`));
  expect(secrets.now()).toEqual([ONE]);
  mount(`${ONE}\r\n\n${OTHER}`);
  expect(secrets.now()).toEqual([ONE, OTHER]);
  mount(OTHER);
  expect(secrets.now()).toEqual([OTHER]);
});

test('a file that becomes wrong means no secret, until it is right again', () => {
  const secrets = new PushSecrets(mount(ONE));
  for (const wrong of ['', 'short', `${ONE}\nshort`]) {
    mount(wrong);
    expect(secrets.now()).toEqual([]);
    mount(ONE);
    expect(secrets.now()).toEqual([ONE]);
  }
  now += 2_000;
  rmSync(join(folder, 'secret'));
  expect(secrets.now()).toEqual([]);
  mount(OTHER);
  expect(secrets.now()).toEqual([OTHER]);
});

test.each([
  ['is not there', () => join(folder, 'none')],
  ['is empty', () => mount('\n')],
  ['has a short line', () => mount(`${ONE}\ntop-secret`)],
])('a file that %s at the start is told, without what is in it', (_what, file) => {
  const error = (() => {
    try {
      return new PushSecrets(file());
    } catch (thrown) {
      return thrown;
    }
  })();
  expect(error).toBeInstanceOf(GitopsError);
  expect(error).toMatchObject({ code: 'SECRET_INVALID' });
  expect(String(error)).not.toContain('top-secret');
});
