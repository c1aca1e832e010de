import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sharedCluster, tool, withNamespace } from '../../cluster';
import type { JsonObject } from '../../core/template';
import { kubeconformTemplate, writeSchemas } from '../../scripts/imports/schemas';
import { filesOf } from '../laws/helm-law';
import { accountsOfPods, DRY_RUN, exampleObjects, listOf, misspelt, RESTRICTED } from './dry-run';
import { objectsOf, subjects } from './subjects';

jest.setTimeout(600_000);
// The examples import the package by its name, as their readers do.
jest.mock('cdk8s-drydock', () => jest.requireActual('../../index'), { virtual: true });

const SUBJECTS = subjects();
/** All objects of all charts; a dry-run keeps none, so one name may be there twice. */
const objects = SUBJECTS.flatMap(objectsOf);
let ofExamples: readonly JsonObject[] | undefined;
const allExamples = () => {
  ofExamples ??= exampleObjects(folder);
  return ofExamples;
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'drydock-accepted-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('server-side apply takes every object strictly, without a warning, where Pod Security is restricted', async () => {
  const cluster = await sharedCluster();
  for (const items of [objects, allExamples()]) {
    await withNamespace(
      cluster,
      async (namespace) => {
        for (const account of accountsOfPods(items))
          await namespace.kubectl(['create', 'serviceaccount', account]);
        const { stdout, stderr } = await namespace.kubectl(DRY_RUN, { input: listOf(items) });
        expect(stderr).toBe('');
        expect(stdout.trim().split('\n')).toHaveLength(items.length);
      },
      { labels: RESTRICTED },
    );
  }
});

test('kubeconform finds every object valid against the schemas of the API, and a misspelt one not', async () => {
  const schemas = path.join(folder, 'schemas');
  await writeSchemas(schemas);
  const program = await tool('kubeconform');
  const location = path.join(schemas, kubeconformTemplate);
  const args = ['-strict', '-summary', '-output', 'json', '-schema-location', location];
  const run = (input: string) => {
    try {
      return JSON.parse(execFileSync(program, args, { input, encoding: 'utf8' })).summary;
    } catch (error) {
      return JSON.parse((error as { stdout: string }).stdout).summary;
    }
  };
  const all = [...objects, ...allExamples()];
  const stream = documents(all);
  expect(run(stream)).toEqual({ valid: all.length, invalid: 0, errors: 0, skipped: 0 });
  expect(run(misspelt(stream))).toMatchObject({ invalid: 1 });
});

function documents(of: readonly JsonObject[]): string {
  return of.map((one) => JSON.stringify(one)).join('\n---\n');
}

describe.each(['helm-4', 'helm-3'] as const)('%s', (version) => {
  test.each(SUBJECTS)('lints $name strictly and says nothing', async ({ name, chart, values }) => {
    const to = path.join(folder, version, name);
    for (const [file, text] of filesOf(chart)) {
      mkdirSync(path.dirname(path.join(to, file)), { recursive: true });
      writeFileSync(path.join(to, file), text);
    }
    const given = path.join(folder, `${version}-${name}.json`);
    writeFileSync(given, JSON.stringify(values));
    const args = ['lint', '--strict', '--values', given, to];
    const output = execFileSync(await tool(version), args, { encoding: 'utf8' });
    expect(output).toContain('0 chart(s) failed');
    expect(output).not.toMatch(/\[(WARNING|ERROR)\]/);
  });
});

/** What kube-score finds and we leave, each with the reason. */
const TASTE: Readonly<Record<string, string>> = {
  'container-security-context-user-group-id':
    'It wants ids above 10000, against clashes with the node; a uid that owns nothing in the image does the same.',
  'container-image-pull-policy':
    'It wants Always; tags do not move here, and a node must start pods without the registry.',
  'networkpolicy-targets-pod':
    'It wants the pods of a policy in the chart; the one that closes the sandbox namespace is for pods yet to come.',
  'pod-probes-identical':
    'A database is alive when its port is taken, and it is ready then too: there is no other question that every one answers.',
  'container-resources': 'It wants a CPU limit; one slows a service down on an idle node. Memory is limited.',
};

test('kube-score finds nothing critical but what is a matter of taste', async () => {
  const program = await tool('kube-score');
  // One chart at a time: policies and budgets of one are nothing to another.
  const bad = SUBJECTS.flatMap((subject) =>
    criticalOf(program, path.join(folder, `${subject.name}.yaml`), objectsOf(subject)).map((one) => ({
      ...one,
      subject: subject.name,
    })),
  );
  expect(bad.filter(({ id }) => !TASTE[id])).toEqual([]);
  // A reason for what is not found any more would hide the next one.
  expect([...new Set(bad.map(({ id }) => id))].sort()).toEqual(Object.keys(TASTE).sort());
});

interface Scored {
  readonly object_name: string;
  readonly checks: readonly {
    readonly check: { readonly id: string };
    readonly grade: number;
    readonly skipped: boolean;
  }[];
}

const CRITICAL = 1;

function criticalOf(program: string, file: string, of: readonly JsonObject[]) {
  writeFileSync(file, documents(of));
  let output: string;
  try {
    output = execFileSync(program, ['score', '--output-format', 'json', file], { encoding: 'utf8' });
  } catch (error) {
    output = (error as { stdout: string }).stdout;
  }
  return (JSON.parse(output) as Scored[]).flatMap(({ object_name, checks }) =>
    checks
      .filter(({ grade, skipped }) => grade <= CRITICAL && !skipped)
      .map(({ check }) => ({ object: object_name, id: check.id })),
  );
}
