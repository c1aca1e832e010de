import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import fc from 'fast-check';
import type { Certificates } from './certificates';

/** One case: files in a folder, and what $KUBECONFIG says. */
export interface KubeconfigCase {
  readonly title: string;
  readonly files: Readonly<Record<string, string>>;
  /** Names of files in the folder, as $KUBECONFIG lists them. */
  readonly listed: readonly string[];
}

export interface World {
  readonly http: string;
  readonly https: string;
  readonly certificates: Certificates;
}

type Entry = Readonly<Record<string, unknown>>;
/** A part of a kubeconfig, with a word for the title. */
type Choice = readonly [word: string, entry: Entry];

const base64 = (text: string) => Buffer.from(text).toString('base64');

/**
 * Prints a token that says what the program was told, so that a test sees it in the header that arrives. The one in
 * the current folder says another name: a kubeconfig must never run that one.
 */
function plugin(name: string): string {
  return [
    '#!/usr/bin/env node',
    "const info = JSON.parse(process.env.KUBERNETES_EXEC_INFO ?? '{}');",
    'const { interactive, cluster } = info.spec ?? {};',
    'const told = [interactive, cluster?.server, Boolean(cluster?.["certificate-authority-data"])].join(" ");',
    `const words = [${JSON.stringify(name)}, process.argv.slice(2).join(' '), process.env.EXTRA ?? '', told].join('|');`,
    "const token = Buffer.from(words).toString('base64url');",
    "console.log(JSON.stringify({ apiVersion: info.apiVersion, kind: 'ExecCredential', status: { token } }));",
    '',
  ].join('\n');
}

/** The folders that every case of a run shares: its files are beside the plug-ins that they name. */
export function writeWorld(folder: string, elsewhere: string, { certificates }: World): void {
  for (const [place, name] of [
    [folder, 'beside the file'],
    [elsewhere, 'in the current folder'],
  ] as const) {
    mkdirSync(join(place, 'bin'), { recursive: true });
    for (const path of ['plugin', 'bin/plugin']) {
      writeFileSync(join(place, path), plugin(`${path} ${name}`));
      chmodSync(join(place, path), 0o755);
    }
  }
  const { good, strangerCa, client } = certificates;
  const files = {
    'ca.crt': good.ca,
    'stranger.crt': strangerCa,
    'client.crt': client.cert,
    'client.key': client.key,
    token: 'token-of-a-file\n',
    'empty-token': '',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}

function clusters({ http, https, certificates }: World): Choice[] {
  const ca = base64(certificates.good.ca);
  const stranger = base64(certificates.strangerCa);
  return [
    ['https with its authority', { server: https, 'certificate-authority-data': ca }],
    ['authority in a file', { server: https, 'certificate-authority': 'ca.crt' }],
    [
      'right data beside a wrong file',
      { server: https, 'certificate-authority-data': ca, 'certificate-authority': 'stranger.crt' },
    ],
    [
      'wrong data beside a right file',
      { server: https, 'certificate-authority-data': stranger, 'certificate-authority': 'ca.crt' },
    ],
    [
      'right data beside a missing file',
      { server: https, 'certificate-authority-data': ca, 'certificate-authority': 'nowhere.crt' },
    ],
    ['authority in a missing file', { server: https, 'certificate-authority': 'nowhere.crt' }],
    ['no authority', { server: https }],
    ['authority not asked', { server: https, 'insecure-skip-tls-verify': true }],
    [
      'authority given and not asked',
      { server: https, 'insecure-skip-tls-verify': true, 'certificate-authority-data': ca },
    ],
    ['a stranger`s authority', { server: https, 'certificate-authority-data': stranger }],
    [
      'another server name',
      { server: https, 'certificate-authority-data': ca, 'tls-server-name': 'elsewhere.example' },
    ],
    ['http', { server: http }],
    ['http, authority not asked', { server: http, 'insecure-skip-tls-verify': true }],
    ['http with an authority', { server: http, 'certificate-authority-data': ca }],
    ['a path in the address', { server: `${https}/clusters/one/`, 'certificate-authority-data': ca }],
    ['no server', {}],
    ['a server that is no address', { server: 'ftp://127.0.0.1' }],
  ];
}

function users({ certificates }: World): Choice[] {
  const { cert, key } = certificates.client;
  const v1 = { apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'IfAvailable' };
  const exec = (more: object) => ({ exec: { ...v1, ...more } });
  return [
    ['a token', { token: 'token-in-place' }],
    ['a token file', { tokenFile: 'token' }],
    ['a token and a token file', { token: 'token-in-place', tokenFile: 'token' }],
    ['a missing token file', { tokenFile: 'nowhere' }],
    ['a token and a missing token file', { token: 'token-in-place', tokenFile: 'nowhere' }],
    ['an empty token file', { tokenFile: 'empty-token' }],
    ['a user name', { username: 'ann', password: 'pa:ss' }],
    ['a user name without a password', { username: 'ann' }],
    ['a token and a user name', { token: 'token-in-place', username: 'ann', password: 'x' }],
    ['a certificate', { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) }],
    ['a certificate in files', { 'client-certificate': 'client.crt', 'client-key': 'client.key' }],
    [
      'certificate data beside missing files',
      {
        'client-certificate-data': base64(cert),
        'client-certificate': 'nowhere.crt',
        'client-key-data': base64(key),
        'client-key': 'nowhere.key',
      },
    ],
    ['a certificate without a key', { 'client-certificate-data': base64(cert) }],
    ['a key without a certificate', { 'client-key-data': base64(key) }],
    [
      'a certificate and a token',
      { 'client-certificate': 'client.crt', 'client-key': 'client.key', token: 't' },
    ],
    ['a program with a path', exec({ command: './plugin', args: ['--a', 'b'] })],
    ['a program in a folder', exec({ command: 'bin/plugin', env: [{ name: 'EXTRA', value: 'e x' }] })],
    ['a program that is told the cluster', exec({ command: './plugin', provideClusterInfo: true })],
    ['a program of the PATH', exec({ command: 'plugin', args: null, env: null })],
    ['a program that is not there', exec({ command: './nowhere' })],
    ['a program that needs a terminal', exec({ command: './plugin', interactiveMode: 'Always' })],
    ['a program without an interactive mode', { exec: { apiVersion: v1.apiVersion, command: './plugin' } }],
    [
      'a program of v1beta1',
      { exec: { apiVersion: 'client.authentication.k8s.io/v1beta1', command: './plugin' } },
    ],
    [
      'a program of v1alpha1',
      { exec: { ...v1, apiVersion: 'client.authentication.k8s.io/v1alpha1', command: './plugin' } },
    ],
    ['a program without a command', exec({})],
    ['a program without a version', { exec: { command: './plugin', interactiveMode: 'Never' } }],
    ['a program and a token', { token: 'token-in-place', ...exec({ command: './plugin' }) }],
    ['somebody else', { token: 't', as: 'bob' }],
    [
      'somebody else in full',
      {
        token: 't',
        as: 'bob',
        'as-uid': 'u-1',
        'as-groups': ['one', 'two words'],
        'as-user-extra': { 'example.com/Team': ['red', 'blue'], scope: ['all'] },
      },
    ],
    ['groups of nobody', { token: 't', 'as-groups': ['one'] }],
    ['an extra of nobody', { token: 't', 'as-user-extra': { scope: ['all'] } }],
    ['an OIDC token', oidc({ 'id-token': jwt(FAR) })],
    ['an OIDC token of a client with a secret', oidc({ 'id-token': jwt(FAR), 'client-secret': 's' })],
    ['an OIDC token that has expired', oidc({ 'id-token': jwt(PAST) })],
    ['an OIDC token that is none', oidc({ 'id-token': 'none' })],
    ['an OIDC user without a token', oidc({})],
    [
      'an expired OIDC token of a client with a secret',
      oidc({ 'id-token': jwt(PAST), 'refresh-token': 'r', 'client-secret': 's' }),
    ],
    ['an expired OIDC token to be renewed', oidc({ 'id-token': jwt(PAST), 'refresh-token': 'r' })],
    ['a token and an OIDC token', { token: 'token-in-place', ...oidc({ 'id-token': jwt(FAR) }) }],
    ['a user name and an OIDC token', { username: 'ann', password: 'x', ...oidc({ 'id-token': jwt(FAR) }) }],
    ['an unknown provider', { 'auth-provider': { name: 'elsewhere', config: { token: 't' } } }],
    ['nothing', {}],
  ];
}

const [PAST, FAR] = [1_000_000_000, 9_000_000_000];

/** As an issuer would have signed it, for all that a client can see. */
function jwt(exp: number): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256' })}.${part({ sub: 'ann', exp })}.c2lnbmF0dXJl`;
}

/** Its issuer is never there: neither of the two can renew a token. */
function oidc(config: object): Entry {
  const known = { 'client-id': 'drydock', 'idp-issuer-url': 'https://127.0.0.1:1' };
  return { 'auth-provider': { name: 'oidc', config: { ...known, ...config } } };
}

const contexts: Choice[] = [
  ['', { cluster: 'c', user: 'u' }],
  ['no user', { cluster: 'c' }],
  ['an unknown user', { cluster: 'c', user: 'x' }],
  ['an unknown cluster', { cluster: 'x', user: 'u' }],
];

/** How the parts are laid over files; the first part is what a single file would hold. */
function layouts(
  whole: Entry,
  path: (name: string) => string,
): Record<string, Readonly<Record<string, string>>> {
  const text = (entry: Entry) => JSON.stringify(entry);
  const { users: list, ...withoutUsers } = whole;
  const other = { users: [{ name: 'u', user: { token: 'of-the-second-file' } }] };
  return {
    'one file': { [path('one')]: text(whole) },
    'an empty second file': { [path('one')]: text(whole), [path('two')]: '' },
    'an empty first file': { [path('one')]: '', [path('two')]: text(whole) },
    'a file of comments': { [path('one')]: '# nothing\n', [path('two')]: text(whole) },
    'users in a second file': { [path('one')]: text(withoutUsers), [path('two')]: text({ users: list }) },
    'the same user in a second file': { [path('one')]: text(whole), [path('two')]: text(other) },
    'a user twice in one file': {
      [path('one')]: text({ ...whole, users: [...(list as object[]), ...other.users] }),
    },
    'no current context': { [path('one')]: text({ ...whole, 'current-context': '' }) },
    'a missing second file': { [path('one')]: text(whole) },
  };
}

function caseOf(
  [clusterWord, cluster]: Choice,
  [userWord, user]: Choice,
  [contextWord, context]: Choice,
  layout: string,
  index: number,
): KubeconfigCase {
  const whole = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'k',
    contexts: [{ name: 'k', context }],
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'u', user }],
  };
  const files = layouts(whole, (name) => `${index}-${name}`)[layout]!;
  const listed = [...Object.keys(files), ...(layout === 'a missing second file' ? [`${index}-nowhere`] : [])];
  const words = [clusterWord, userWord, contextWord, layout === 'one file' ? '' : layout].filter(Boolean);
  return { title: words.join(', '), files, listed };
}

/** Each cluster with each kind of layout and context once, each user over TLS once, and as many more as are asked for. */
export function kubeconfigCases(world: World, count: number, seed: number): KubeconfigCase[] {
  const [plainCluster] = clusters(world);
  const [plainUser] = users(world);
  const [plainContext] = contexts;
  const layoutNames = Object.keys(layouts({ users: [] }, (name) => name));
  const single: Array<readonly [Choice, Choice, Choice, string]> = [
    ...users(world).map((user) => [plainCluster!, user, plainContext!, 'one file'] as const),
    ...clusters(world).map((cluster) => [cluster, plainUser!, plainContext!, 'one file'] as const),
    ...contexts.map((context) => [plainCluster!, plainUser!, context, 'one file'] as const),
    ...layoutNames.map((layout) => [plainCluster!, plainUser!, plainContext!, layout] as const),
  ];
  const any = fc.tuple(
    fc.oneof(
      { weight: 2, arbitrary: fc.constant(plainCluster!) },
      { weight: 1, arbitrary: fc.constantFrom(...clusters(world)) },
    ),
    fc.constantFrom(...users(world)),
    fc.oneof(
      { weight: 4, arbitrary: fc.constant(plainContext!) },
      { weight: 1, arbitrary: fc.constantFrom(...contexts) },
    ),
    fc.oneof(
      { weight: 2, arbitrary: fc.constant('one file') },
      { weight: 1, arbitrary: fc.constantFrom(...layoutNames) },
    ),
  );
  const more = fc.sample(any, { numRuns: Math.max(0, count - single.length), seed });
  return [...single, ...more].map((parts, index) => caseOf(...parts, index));
}

/** Writes the files of a case; answers with its $KUBECONFIG. */
export function writeCase(folder: string, { files, listed }: KubeconfigCase): string {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return listed.map((name) => join(folder, name)).join(delimiter);
}
