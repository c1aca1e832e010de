import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { verifyApp } from './verify';

const root = path.resolve(__dirname, '..');

/** Runs `drydock synth --verify` on a small program: values `v`, a chart, and the code in `body`. */
async function verify(body: string, given?: object): Promise<{ code: number; out: string }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'drydock-verify-test-'));
  const file = path.join(folder, 'app.ts');
  writeFileSync(
    file,
    `import { App, chart as facts, HelmChart, KubeObject, defineValues, forEach, text, value, when } from '${root}/index.ts';
     import * as kplus from '${root}/node_modules/cdk8s-plus-28';
     const v = defineValues({
       tag: value.string({ default: 'one', doc: 'd' }),
       count: value.integer({ default: 3, min: 1, max: 9, doc: 'd' }),
       flag: value.boolean({ default: false, doc: 'd' }),
       names: value.list(value.dnsName({ doc: 'd' }), { default: ['a', 'b'], doc: 'd' }),
       extra: value.map(value.string({ doc: 'd' }), { default: { x: 'y' }, doc: 'd' }),
       maybe: value.string({ optional: true, doc: 'd' }),
     });
     const app = new App();
     const chart = new HelmChart(app, 'todo', { description: 'd', values: v });
     const config = (name: any, data: any) => new KubeObject(chart, 'c' + Math.random(), { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });
     ${body}
     app.synth();`,
  );
  let out = '';
  const io = { out: (piece: string) => (out += piece), err: () => {} };
  const valuesFile = path.join(folder, 'values.json');
  writeFileSync(valuesFile, JSON.stringify({ values: given }));
  const env: Record<string, string> = given ? { DRYDOCK_VALUES: valuesFile } : {};
  const code = await verifyApp({ app: `node --import tsx ${file}`, env }, io);
  return { code, out };
}

test('a program that only uses what expressions can say is equal with literals', async () => {
  const { code, out } = await verify(`
    config(chart.nameFor('a'), { tag: v.tag, both: text\`\${v.tag}-\${v.count}\`, ...v.extra, maybe: v.maybe, or: v.maybe.orElse('x') });
    when(v.flag.not(), () => config('shown', { big: v.count.gt(2).then('yes', 'no') }));
    when(v.flag, () => config('hidden', {}));
    forEach(v.names, (name) => config(name, { list: v.names.map((one) => text\`<\${one}>\`), empty: v.names.isEmpty }));
    new kplus.Deployment(chart, 'web', { replicas: v.count.asNumber(), containers: [{ image: \`nginx:\${v.tag}\`, securityContext: { user: 1000 } }] });`);
  expect(out).toContain('All 5 objects are equal.');
  expect(code).toBe(0);
}, 60_000);

test.each([
  ['a value in base64', `config('c', { hidden: Buffer.from(String(v.tag)).toString('base64') });`],
  ['a comparison of the stand-in', `config('c', { is: String(v.tag) === 'one' ? 'yes' : 'no' });`],
  [
    'an empty text, which cdk8s-plus leaves out',
    `const empty = v.tag.equals('one').then('', v.tag); new kplus.ConfigMap(chart, 'c', { metadata: { name: 'c' }, data: { tag: \`\${empty}\` } });`,
  ],
  ['a sum that is a number again', `config('c', { sum: v.count.asNumber({ min: 1, max: 65535 }) + 1 });`],
  ['the length of the stand-in', `config('c', { length: String(v.tag).length });`],
  [
    'a value inside a JSON text',
    `config('c', { json: JSON.stringify({ tag: String(v.tag), count: v.count.asNumber() }) });`,
  ],
  [
    'something outside changed inside `when`',
    `let n = 'before'; when(v.flag, () => { n = 'after'; }); config('c', { n });`,
  ],
  [
    'a bounded stand-in that is also a literal',
    `/* the first stand-in of this range is 7981 */ const port = v.count.asNumber({ min: 1, max: 65535 }); config('c', { port, literal: 7981 });`,
  ],
])(
  'reports %s',
  async (_, body) => {
    const { code, out } = await verify(body);
    expect({ code, out }).toEqual({ code: 1, out: expect.stringMatching(/differs|refused/) });
  },
  60_000,
);

test('what is given for a secret is in nothing that is said, where it makes a difference and in made-up values', async () => {
  const secret = 'hunter2s3cret';
  const body = (password: string) => `
    const s = defineValues({ login: value.secret({ doc: 'd', keys: { password: 'd' } }) });
    const shop = new HelmChart(app, 'shop', { description: 'd', values: s });
    new KubeObject(shop, 'c', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data: {
      name: shop.secretKeyRef(s.login.key('password')).name, password: ${password} } });
    config('c', { tag: v.tag, n: text\`\${v.count}\`, ...v.extra, list: v.names.isEmpty.then('a', 'b'), f: v.flag.then('a', 'b'), m: v.maybe });`;
  const read = "String(s.login.given.password.orElse('none'))";
  const wrong = await verify(body(`${read}.startsWith('hunter') ? ${read} : 'other'`), {
    shop: { login: { password: secret } },
  });
  expect(wrong).toEqual({ code: 1, out: expect.stringMatching(/differs {2}shop: ConfigMap\/c/) });
  expect(wrong.out).toContain('data.password: differs, and is not shown because it may hold a secret');
  expect(wrong.out).not.toContain(secret);
  expect(wrong.out).not.toContain(Buffer.from(secret).toString('base64'));
  const right = await verify(body("'x'"), { shop: { login: { password: secret } } });
  expect(right).toEqual({ code: 0, out: expect.stringContaining('objects are equal') });
}, 60_000);

test('an umbrella is equal with literals, each of two aliases with its own', async () => {
  const { code, out } = await verify(`
    config('c', { ...v.extra, list: v.names, tag: v.tag, n: text\`\${v.count}\`, maybe: v.maybe, flag: v.flag.then('a', 'b') });
    const webValues = defineValues({
      global: { region: value.string({ default: 'here', doc: 'd' }) },
      tag: value.string({ default: 'one', doc: 'd' }),
      size: value.integer({ min: 1, max: 9, doc: 'd' }),
    });
    class Web extends HelmChart<typeof webValues> {
      constructor(scope: any, id: string) {
        super(scope, id, { name: 'web', description: 'd', values: webValues });
        const data = { tag: webValues.tag, size: text\`\${webValues.size}\`, region: webValues.global.region, chart: facts.name };
        new KubeObject(this, 'c', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: this.nameFor('c') }, data });
      }
    }
    const shopValues = defineValues({
      global: { region: value.string({ default: 'there', doc: 'd' }) },
      tags: { more: value.boolean({ default: false, doc: 'd' }) },
      web: value.subchart(webValues, { enabled: true, values: { size: 3 } }),
      spare: value.subchart(webValues, { values: { tag: 'two', size: 4 } }),
      out: value.subchart(webValues, { tags: ['more'] }),
    });
    const shop = new HelmChart(app, 'shop', { description: 'd', values: shopValues });
    for (const id of ['web', 'spare', 'out']) new Web(shop, id);
    new KubeObject(shop, 'own', () => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: shop.nameFor('own') }, data: { size: text\`\${shopValues.web.size}\`, chart: facts.name } }));`);
  expect(out.split('And with other values:')[0]).toContain('All 4 objects are equal.');
  // With the odd values the chart web is left out and the chart out is not, which needs a size; it is given one.
  expect(out).toContain('equal    shop/out: ');
  expect(code).toBe(0);
}, 60_000);
