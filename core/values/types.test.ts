import path from 'node:path';
import * as ts from 'typescript';

/** The values in one text. */
function inText(...values: readonly string[]): string {
  return `text\`a:${values.map((one) => `\${${one}}`).join('-')}\`;`;
}

/** Lines of a program, each with the compiler's complaint about it; `undefined` where it must have none. */
const LINES: readonly (readonly [line: string, complaint: RegExp | undefined])[] = [
  ['isTrue<Same<Expression<number>, typeof v.replicas>>();', undefined],
  ['isTrue<Same<Expression<string>, typeof v.image.tag>>();', undefined],
  ['isTrue<Same<Expression<boolean>, typeof v.flag>>();', undefined],
  ["isTrue<Same<Expression<'a' | 'b'>, typeof v.mode>>();", undefined],
  ['isTrue<Same<Expression<string | undefined>, typeof v.maybe>>();', undefined],
  ['isTrue<Same<Expression<readonly string[]>, typeof v.names>>();', undefined],
  ['isTrue<Same<Expression<Readonly<Record<string, string>>>, typeof v.labels>>();', undefined],
  [
    'isTrue<Same<Expression<string>, typeof v.replicas>>();',
    /Type 'false' does not satisfy the constraint 'true'/,
  ],
  ['const image: Templated<string> = v.image.tag;', undefined],
  ["const either: Templated<number | string> = v.flag.then(v.replicas, 'x');", undefined],
  ['const deep: Templated<{ a: { b?: string }[] }> = { a: [{ b: v.maybe }] };', undefined],
  ['v.hosts.map((host) => ({ host: host.name, port: host.port.orElse(80) }));', undefined],
  ['isTrue<Same<Expression<readonly string[]>, typeof filtered>>();', undefined],
  ['isTrue<Same<Expression<string | undefined>, typeof first>>();', undefined],
  ['isTrue<Same<Expression<readonly string[] | undefined>, typeof absent>>();', undefined],
  ['isTrue<Same<Expression<number | string>, typeof chosen>>();', undefined],
  ['v.names.filter((name) => name);', /Expression<string>' is not assignable to type 'Expression<boolean>'/],
  ['v.names.some((name) => name === "x");', /types 'Expression<string>' and 'string' have no overlap/],
  ['v.hosts.filter((host) => host.nam.isSet);', /Property 'nam' does not exist/],
  ['v.mode.match({ a: 1 });', /Property 'b' is missing/],
  ['v.mode.match({ a: 1, b: 2, c: 3 });', /not assignable to type 'never'/],
  ['v.replicas.trimPrefix("x");', /'this' context of type 'Expression<number>' is not assignable/],
  ['v.labels.join(",");', /'this' context of type .* is not assignable/],
  [
    'v.ports.map(({ port }) => { isTrue<Same<Expression<number>, typeof port>>(); return port; });',
    undefined,
  ],
  ["v.parse({ ports: [{ name: 'a' }, { name: 'b', port: 1 }] });", undefined],
  ['v.parse({ ports: [{ port: 1 }] });', /Property 'name' is missing/],
  ["v.parse({ ports: [{ name: 'a', prot: 1 }] });", /'prot' does not exist/],
  ['isTrue<Same<Expression<string>, typeof v.token.secretName>>();', undefined],
  ["const env: SecureServiceProps['env'] = { TOKEN: v.token, LEVEL: v.maybe, MODE: v.mode };", undefined],
  ["const env: SecureServiceProps['env'] = { PORT: v.names };", /not assignable/],
  [
    "const few: Pick<SecureServiceProps, 'replicas' | 'user' | 'labels'> = { replicas: v.many, user: v.many, labels: { a: v.maybe } };",
    undefined,
  ],
  ["const port: SecureServiceProps['port'] = v.many;", /undefined' is not assignable to type 'number'/],
  ["v.parse({ replicas: 3, image: { tag: 'x' }, hosts: [{ name: 'a' }] });", undefined],
  ['const wrong: Templated<number> = v.image.tag;', /Expression<string>' is not assignable to type .*number/],
  ['const gone: Templated<string> = v.maybe;', /undefined' is not assignable to type 'string'/],
  ['v.replicas.lower();', /'this' context of type 'Expression<number>' is not assignable/],
  ['v.image.tag.gt(3);', /'this' context of type 'Expression<string>' is not assignable/],
  ["v.image.tag.then('a', 'b');", /'this' context of type 'Expression<string>' is not assignable/],
  ["v.replicas.equals('3');", /Argument of type 'string' is not assignable to parameter of type 'number/],
  ["v.mode.equals('c');", /Argument of type '"c"' is not assignable/],
  ['v.image.tagg;', /Property 'tagg' does not exist/],
  ["v.parse({ replicas: 'many' });", /Type 'string' is not assignable to type 'number'/],
  ['v.parse({ replica: 1 });', /'replica' does not exist in type/],
  ["value.integer({ doc: 'd', default: 'x' });", /Type 'string' is not assignable to type 'number'/],
  ['value.integer({ default: 1 });', /Property 'doc' is missing/],
  [
    "value.oneOf(['a', 'b'], { doc: 'd', default: 'c' });",
    /Type '"c"' is not assignable to type '"a" \| "b"/,
  ],
  [
    "new HelmChart(app, 'c', { description: 'd', values: v, environments: { prod: { replicas: 9 } } });",
    undefined,
  ],
  [
    "new HelmChart(app, 'c', { description: 'd', values: v, environments: { prod: { replicas: 'x' } } });",
    /Type 'string' is not assignable to type 'number'/,
  ],
  [
    "new HelmChart(app, 'c', { description: 'd', values: v, environments: { prod: { replica: 9 } } });",
    /'replica' does not exist/,
  ],
  ['isTrue<Same<Expression<number>, typeof u.api.replicas>>();', undefined],
  ['isTrue<Same<Expression<string>, typeof u.api.image.tag>>();', undefined],
  ['isTrue<Same<Expression<boolean>, typeof u.api.enabled>>();', undefined],
  ['u.spare.enabled;', /Property 'enabled' does not exist/],
  ['u.api.replica;', /Property 'replica' does not exist/],
  ['u.api.login;', /Property 'login' does not exist/],
  ['u.api.global;', /Property 'global' does not exist/],
  ['u.api.parse({});', /Property 'parse' does not exist/],
  ["u.parse({ api: { replicas: 3, enabled: false, fullnameOverride: 'x' }, spare: {} });", undefined],
  ['u.parse({ api: { replica: 3 } });', /'replica' does not exist in type/],
  ["u.parse({ api: { replicas: 'many' } });", /Type 'string' is not assignable to type 'number'/],
  ['u.parse({ spare: { enabled: true } });', /'enabled' does not exist in type/],
  ["u.parse({ api: { global: { region: 'x' } } });", /'global' does not exist in type/],
  ["u.parse({ api: { login: { existingSecret: 'x' } }, global: { region: 'x' } });", undefined],
  ['value.subchart(s, { values: { replicas: 2 } });', undefined],
  ['value.subchart(s, { values: { replica: 2 } });', /'replica' does not exist/],
  ['value.subchart(s, { enabled: true, values: { image: { tag: 1 } } });', /No overload matches/],
  ['value.subchart(undefined, { enabled: true });', undefined],
  [
    "new HelmChart(app, 'c', { description: 'd', values: u, environments: { prod: { api: { replicas: 9 } } } });",
    undefined,
  ],
  [
    "new HelmChart(app, 'c', { description: 'd', values: u, environments: { prod: { api: { replica: 9 } } } });",
    /'replica' does not exist/,
  ],
  [inText('v.image.tag', 'v.replicas', 'v.flag', '1', 'true'), undefined],
  [inText('v.mode', 'v.maybe.orElse("x")'), undefined],
  [inText('process.env.TAG'), /undefined' is not assignable to parameter of type 'TextPart'/],
  [inText('null'), /'null' is not assignable to parameter of type 'TextPart'/],
  [inText('v.maybe'), /undefined>' is not assignable to parameter of type 'TextPart'/],
  [inText('v.names'), /not assignable to parameter of type 'TextPart'/],
  [inText('{ b: 1 }'), /'b' does not exist in type/],
  ["const flags: Templated<readonly string[]> = ['a', v.flag.then('--flag'), v.maybe];", undefined],
  ["const numbers: Templated<readonly number[]> = [v.flag.then('--flag')];", /not assignable/],
  ["const all: Templated<{ c: string[] }> = { c: ['x', v.flag.then('--flag')] };", undefined],
  [
    "const { command }: SecureServiceProps = { ...service, command: ['x', v.flag.then('--flag')] };",
    undefined,
  ],
  [
    "const job: Pick<MigrationProps, 'command'> = { command: ['x', v.flag.then('--flag'), v.maybe] };",
    undefined,
  ],
  ["const pod: Pick<HelmTestProps, 'command'> = { command: ['x', v.flag.then('--flag')] };", undefined],
  ["const job: Pick<MigrationProps, 'command'> = { command: [v.flag.then(1)] };", /not assignable/],
  ["const { args }: SecureServiceProps = { ...service, args: ['x', v.flag.then(1)] };", /not assignable/],
  [
    'when(v.replicas, () => {});',
    /Expression<number>' is not assignable to parameter of type 'boolean \| Expression<boolean>'/,
  ],
];

const HEAD = `
import { App, defineValues, type Expression, HelmChart, type HelmTestProps, type MigrationProps, type SecureServiceProps, type Templated, text, value, when } from '../../index';
declare const app: App;
declare const service: SecureServiceProps;
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
declare function isTrue<T extends true>(): T;
const v = defineValues({
  replicas: value.integer({ default: 1, doc: 'd' }),
  image: { tag: value.string({ default: 'x', doc: 'd' }) },
  flag: value.boolean({ default: true, doc: 'd' }),
  mode: value.oneOf(['a', 'b'], { default: 'a', doc: 'd' }),
  maybe: value.string({ optional: true, doc: 'd' }),
  many: value.integer({ optional: true, min: 1, max: 9, doc: 'd' }),
  names: value.list(value.string({ doc: 'd' }), { default: [], doc: 'd' }),
  labels: value.map(value.string({ doc: 'd' }), { default: {}, doc: 'd' }),
  maybeNames: value.list(value.string({ doc: 'd' }), { optional: true, doc: 'd' }),
  ports: value.list(value.object({ name: value.string({ doc: 'd' }), port: value.port({ default: 80, doc: 'd' }) }, { doc: 'd' }), { default: [{ name: 'web' }], doc: 'd' }),
  token: value.ref({ kind: 'Secret', doc: 'd' }),
  hosts: value.list(value.object({ name: value.string({ doc: 'd' }), port: value.port({ optional: true, doc: 'd' }) }, { doc: 'd' }), { default: [], doc: 'd' }),
});
const s = defineValues({
  global: { region: value.string({ default: 'x', doc: 'd' }) },
  replicas: value.integer({ default: 1, doc: 'd' }),
  image: { tag: value.string({ default: 'x', doc: 'd' }) },
  login: value.secret({ doc: 'd', keys: { url: 'd' } }),
});
const u = defineValues({
  global: { region: value.string({ default: 'x', doc: 'd' }) },
  api: value.subchart(s, { enabled: true }),
  spare: value.subchart(s),
});
const filtered = v.names.filter((name, key) => name.equals('x').or(key.equals('y')));
const first = v.names.first;
const absent = v.maybeNames.filter((name) => name.equals('x'));
const chosen = v.mode.match({ a: v.replicas, b: 'x' });
void [app, v, u, filtered, first, absent, chosen];
`;

/** The complaints of the compiler, by line of the program. */
function complaints(): Map<number, string> {
  const root = path.resolve(__dirname, '../..');
  const file = path.join(__dirname, 'types.virtual.ts');
  const text = `${HEAD}${LINES.map(([line]) => `(() => { ${line} });`).join('\n')}`;
  const config = ts.readConfigFile(path.join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, root);
  const host = ts.createCompilerHost({ ...options, noUnusedLocals: false });
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => name === file || fileExists(name);
  host.getSourceFile = (name, target) =>
    name === file ? ts.createSourceFile(name, text, target) : getSourceFile(name, target);
  const program = ts.createProgram([file], { ...options, noUnusedLocals: false, noEmit: true }, host);
  const source = program.getSourceFile(file) as ts.SourceFile;
  const found = program
    .getSemanticDiagnostics(source)
    .map((one): [number, string] => [
      source.getLineAndCharacterOfPosition(one.start ?? 0).line,
      ts.flattenDiagnosticMessageText(one.messageText, ' '),
    ]);
  return new Map(found);
}

test('wrong use of values is a compile error that says what is wrong; right use is none', () => {
  const found = complaints();
  const first = HEAD.split('\n').length - 1;
  const report = LINES.map(([line, wanted], index) => ({ line, wanted, found: found.get(first + index) }));
  expect(
    report.filter(({ wanted, found: said }) => (wanted ? !said || !wanted.test(said) : said !== undefined)),
  ).toEqual([]);
}, 120_000);
