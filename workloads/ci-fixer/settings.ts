import { isIP } from 'node:net';
import { httpUrl, line, port, readSettings, type Setting, secretText, wholeNumber } from '../shared/settings';

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type Level = (typeof LEVELS)[number];

const level: Setting<Level> = {
  expected: `one of ${LEVELS.join(', ')}`,
  isSecret: false,
  fallback: 'info',
  read: (found) => LEVELS.find((one) => one === found),
};

const address: Setting<string> = {
  expected: 'an address of this machine, such as 127.0.0.1, or nothing for all of them',
  isSecret: false,
  fallback: '',
  read: (found) => (found === '' || isIP(found) ? found : undefined),
};

/** Folders of servers, with a slash at their end: without it the address of another server could begin as one of them does. */
const gitFolders: Setting<readonly string[]> = {
  expected:
    'addresses with a slash at their end, such as https://git.example.com/team/, with commas between them',
  isSecret: false,
  fallback: ',',
  read: (found) => {
    const folders = found.split(',').filter((one) => one !== '');
    return folders.every((one) => URL.canParse(one) && one.endsWith('/') && !new URL(one).search)
      ? folders
      : undefined;
  },
};

/** Who may ask: the name of each tenant by its key. */
const tenantKeys: Setting<ReadonlyMap<string, string>> = {
  expected:
    'NAME:KEY with commas or blanks between them, each key of 16 characters or more, and no key twice',
  isSecret: true,
  fallback: ',',
  read: (found) => {
    const pairs = found.split(/[\s,]+/).filter((one) => one !== '');
    const read = pairs.map((pair) => /^([a-z0-9-]{1,50}):([A-Za-z0-9._-]{16,200})$/.exec(pair));
    if (read.some((one) => one === null)) return undefined;
    const tenants = new Map(read.map((one) => [one?.[2] ?? '', one?.[1] ?? '']));
    // A key that two tenants share would be the second one's alone.
    return tenants.size === pairs.length ? tenants : undefined;
  },
};

/** What the chart sets, and what has a default. */
export function readCiFixerSettings(env: NodeJS.ProcessEnv) {
  return readSettings(env, {
    SANDBOX_TEMPLATE: line('/etc/ci-fixer/template.json'),
    SANDBOX_NAMESPACE: line('ci-fixer-sandboxes'),
    SANDBOXES_WARM: wholeNumber({ min: 0, max: 100, fallback: 0 }),
    SANDBOXES_WARM_IMAGE: line('ci-fixer-sandbox:1.0.0'),
    STATE_FOLDER: line('/tmp/ci-fixer'),
    LLM_API_KEY: secretText,
    LLM_BASE_URL: httpUrl('https://api.openai.com/v1'),
    LLM_MODEL: line('gpt-4o-mini'),
    LLM_TIMEOUT_SECONDS: wholeNumber({ min: 1, max: 600, fallback: 120 }),
    GIT_ALLOWED: gitFolders,
    TENANTS: tenantKeys,
    RUNS_AT_ONCE: wholeNumber({ min: 1, max: 100, fallback: 10 }),
    RUNS_WAITING: wholeNumber({ min: 1, max: 10_000, fallback: 100 }),
    RUNS_KEPT: wholeNumber({ min: 1, max: 1000, fallback: 100 }),
    LOG_LEVEL: level,
    HOST: address,
    PORT: port(3001),
  });
}
