import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { verifyApp } from './verify';

/** With programs of this library in verify.real.test.ts; here a program says what it likes, in the time that Node starts in. */
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'drydock-verify-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const named = (name: string, size = 1) => ({ kind: 'Any', metadata: { name }, size });

interface Said {
  readonly charts?: Readonly<Record<string, readonly object[]>>;
  readonly runs?: readonly { readonly charts: readonly string[] }[];
  readonly refused?: { readonly code: string; readonly message: string };
}

/** What the program says with expressions, with literals, and the same with made-up values. */
async function verify(
  expressions: Said,
  literals: Said,
  odd: { readonly expressions: Said; readonly literals: Said } = { expressions, literals },
  charts?: ReadonlyMap<string, string>,
) {
  const log = path.join(folder, 'log');
  const file = path.join(folder, 'app.js');
  writeFileSync(
    file,
    `const fs = require('node:fs');
     const { DRYDOCK_DUMP: dump, DRYDOCK_VALUES: values, DRYDOCK_LITERALS: literals, CDK8S_OUTDIR: out, MINE: mine } = process.env;
     const said = ${JSON.stringify({ given: { expressions, literals }, odd })};
     const one = said[values ? 'odd' : 'given'][literals ? 'literals' : 'expressions'];
     fs.appendFileSync(${JSON.stringify(log)}, JSON.stringify({ values: values && JSON.parse(fs.readFileSync(values)).values,
       literals: literals && JSON.parse(fs.readFileSync(literals)), mine, out }) + '\\n');
     fs.writeFileSync(dump, JSON.stringify({ charts: {}, runs: [], odd: { shop: { made: 'up' } }, secrets: [], ...one }));`,
  );
  let out = '';
  const io = { out: (text: string) => (out += text), err: () => {} };
  const given = charts && { env: {}, charts };
  const code = await verifyApp({ app: `node ${file}`, env: { MINE: 'x' }, ...(given && { given }) }, io);
  const runs = readFileSync(log, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  return { code, out, runs };
}

const RUN = [{ charts: ['shop'] }];
const same = { charts: { shop: [named('a'), named('b')] }, runs: RUN };

test('each object is told as equal, for the values it has and for made-up ones, and nothing is left behind', async () => {
  const { code, out, runs } = await verify(same, same);
  expect(code).toBe(0);
  const both = 'equal    shop: Any/a\nequal    shop: Any/b\nAll 2 objects are equal.\n';
  expect(out).toBe(`${both}And with values made up from the schema:\n${both}`);
  expect(runs).toEqual([
    { mine: 'x', out: expect.any(String) },
    { mine: 'x', out: expect.any(String), literals: RUN[0] },
    { mine: 'x', out: expect.any(String), values: { shop: { made: 'up' } } },
    { mine: 'x', out: expect.any(String), values: { shop: { made: 'up' } }, literals: RUN[0] },
  ]);
  expect(existsSync(path.dirname(runs[0].out))).toBe(false);
});

test('an object that differs ends it with 1, and the made-up values are not tried', async () => {
  const { code, out, runs } = await verify(same, { charts: { shop: [named('a'), named('b', 2)] } });
  expect(code).toBe(1);
  expect(out).toMatch(
    /^equal {4}shop: Any\/a\ndiffers {2}shop: Any\/b\n {9}.*size.*\n1 of 2 objects are not equal\.\n$/,
  );
  expect(runs).toHaveLength(2);
});

test('one that differs with made-up values alone is told with them', async () => {
  const odd = { expressions: same, literals: { charts: { shop: [named('a')] } } };
  const { code, out } = await verify(same, same, odd);
  expect(code).toBe(1);
  expect(out).toContain('missing with literals shop: Any/b');
  expect(out).toMatch(
    /1 of 2 objects are not equal\.\nThe made-up values, by chart:\n {2}\{"shop":\{"made":"up"\}\}\n$/,
  );
});

test('a run with literals is held against its own charts', async () => {
  const charts = { shop: [named('a')], other: [named('b')] };
  const { out } = await verify({ charts, runs: RUN }, { charts: { shop: [named('a')] } });
  expect(out).toContain('All 1 objects are equal.');
  expect(out).not.toContain('other');
});

test('a program that is refused is told with its side, its code and its sentence', async () => {
  const refused = { code: 'BAD_PORT', message: 'BAD_PORT at x' };
  expect(await verify({ refused }, same)).toMatchObject({
    code: 1,
    out: 'refused with expressions and the values it has (BAD_PORT)\n  BAD_PORT at x\n',
  });
  expect(await verify(same, { refused })).toMatchObject({
    code: 1,
    out: 'refused with literals of the values it has (BAD_PORT)\n  BAD_PORT at x\n',
  });
  const { code, out } = await verify(same, same, { expressions: { refused }, literals: same });
  expect(code).toBe(1);
  expect(out).toContain('refused with expressions and made-up values (BAD_PORT)');
  expect(out).toContain('The made-up values, by chart:');
});

test('values for a chart that the program has not are refused, and those for one that it has are not', async () => {
  await expect(verify(same, same, undefined, new Map([['shpo', 'a.yaml']]))).rejects.toThrow(
    /^VALUES_OF_NO_CHART at --values shpo=a\.yaml: .*did you mean shop\?/,
  );
  expect((await verify(same, same, undefined, new Map([['shop', 'a.yaml']]))).code).toBe(0);
});

test('a program without an App of this library is told so, and one that fails with its run', async () => {
  const io = { out: () => {}, err: () => {} };
  await expect(verifyApp({ app: 'node -e 0', env: {} }, io)).rejects.toThrow(/^NO_DRYDOCK_APP at node -e 0/);
  // Also one that takes away the folder it was given.
  const app = 'rm -r "$(dirname "$DRYDOCK_DUMP")"';
  await expect(verifyApp({ app, env: {} }, io)).rejects.toThrow(/^NO_DRYDOCK_APP/);
  await expect(verifyApp({ app: 'exit 3', env: {} }, io)).rejects.toThrow(
    /^APP_FAILED at exit 3: found exit code 3 in the run with expressions and the values it has/,
  );
});
