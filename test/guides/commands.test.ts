import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { GitopsControllerChart } from '../../charts';
import { drydock, mistake } from '../../cli/testing-only/drydock';
import { Testing } from '../../core/synth';
import type { JsonObject } from '../../core/template';
import { repository } from './blocks';

/** Commands of pages, also those that no test on a cluster types: the programs know their words. */
const pages = [
  'README.md',
  ...readdirSync(path.join(repository, 'docs', 'guides')).map((one) => `docs/guides/${one}`),
];
const textOf = (page: string) =>
  readFileSync(path.join(repository, page), 'utf8').replaceAll(/\\\n\s*/g, ' ');

/** The words behind a program, of each line of the page that begins with it; up to a comment or what the shell has to do. */
function wordsAfter(program: string, page: string): string[][] {
  const line = new RegExp(`^(?: {4})?${program} (.+?)(?:\\s+(?:#|\\||>|&|2>).*)?$`, 'gm');
  return [...textOf(page).matchAll(line)].map(([, words = '']) =>
    words.split(/\s+/).map((word) => word.replaceAll(/^['"]|['"]$/g, '')),
  );
}

const drydocks = pages.flatMap((page) => wordsAfter('npx drydock', page).map((argv) => ({ page, argv })));

test('pages have commands to look at', () => {
  expect(drydocks.length).toBeGreaterThan(60);
});

test.each(drydocks.map(({ page, argv }) => [argv.join(' '), page, argv] as const))(
  'drydock %s (%s)',
  async (_words, _page, argv) => {
    const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
    const isRun = argv[0] === 'gitops' && argv[1] === 'run';
    // The controller has no help of its own that comes after its options: a port that is none ends it.
    const asked = [...argv.slice(0, end), isRun ? '--port=none' : '--help', ...argv.slice(end)];
    const { code, err } = await drydock(...asked);
    const told = mistake('--port takes a number up to 65535, not "none"', 'drydock gitops --help');
    expect([code, err]).toEqual(isRun ? [told.code, told.err] : [0, '']);
  },
);

test('a command that there is not is found', async () => {
  expect((await drydock('gitops', 'status', '--all', '--help')).code).toBe(2);
  expect((await drydock('gitops', 'run', '--pushes=x', '--port=none')).err).toContain('--pushes');
});

describe('the chart of the GitOps controller', () => {
  const page = 'docs/guides/gitops.md';
  const install = (values: JsonObject) => {
    const release = { name: 'flow', namespace: 'gitops' };
    return Testing.synth(new GitopsControllerChart(Testing.app()), { values, release }) as {
      readonly kind: string;
      readonly metadata: { readonly name: string };
    }[];
  };
  const sets = [...wordsAfter('helm install', page), ...wordsAfter('helm upgrade', page)].flatMap((words) =>
    words.filter((_, index) => words[index - 1] === '--set'),
  );

  test('takes the values that the page sets', () => {
    expect(sets).toHaveLength(2);
    for (const one of sets) expect([one, install(setsOf(one)).length > 5]).toEqual([one, true]);
    expect(() => install(setsOf('pages=true'))).toThrow('pages');
  });

  test('has the Deployment to which the page forwards a port', () => {
    const forwarded = wordsAfter('kubectl port-forward', page).flatMap((words) =>
      words.filter((word) => word.startsWith('deployment/')),
    );
    expect(forwarded).toHaveLength(1);
    const names = install({}).filter(({ kind }) => kind === 'Deployment');
    expect(forwarded).toEqual(names.map(({ metadata }) => `deployment/${metadata.name}`));
  });
});

/** `a.b=c` as helm reads it. */
function setsOf(set: string): JsonObject {
  const [name = '', given = ''] = set.split('=');
  const value = given === 'true' ? true : given;
  return name
    .split('.')
    .reduceRight<JsonObject | boolean | string>((inner, key) => ({ [key]: inner }), value) as JsonObject;
}
