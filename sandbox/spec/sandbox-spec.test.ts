import { evaluate, type Inputs, type JsonObject, treeOf } from '../../core/template';
import { defineValues, definitionOf, value } from '../../core/values';
import { readTemplate } from './read-template';
import { sandboxRun } from './run-values';
import { defineSandbox, hashOf } from './sandbox-spec';

const install = defineValues({
  namespace: value.dnsName({ default: 'boxes', doc: 'Namespace' }),
  images: value.list(value.allowedImage({ doc: 'Image' }), {
    default: ['busybox:1'],
    doc: 'Images',
  }),
  memory: value.memory({ default: '512Mi', doc: 'Memory' }),
  runtimeClass: value.dnsName({ optional: true, doc: 'Runtime class' }),
  longest: value.integer({ default: 3600, min: 1, max: 86_400, doc: 'Longest' }),
});

function sandboxWith(changes: object = {}) {
  return defineSandbox({
    install,
    run: sandboxRun,
    namespace: install.namespace,
    serviceAccountName: 'nobody',
    name: sandboxRun.name,
    image: sandboxRun.image,
    command: sandboxRun.command,
    env: sandboxRun.env,
    labels: sandboxRun.labels,
    deadlineSeconds: sandboxRun.deadlineSeconds,
    cpu: '500m',
    memory: sandboxRun.memory.orElse(install.memory),
    ephemeralStorage: '1Gi',
    workspaceSize: '256Mi',
    runtimeClassName: install.runtimeClass,
    limits: {
      images: install.images,
      labels: ['build'],
      deadlineSeconds: install.longest,
      cpu: '2',
      memory: '4Gi',
      ephemeralStorage: '8Gi',
    },
    ...changes,
  });
}

const sandbox = sandboxWith();
const run = { name: 'one', image: 'busybox:1' };

/** The text that the ConfigMap holds, as `evaluate` and helm both make it. */
function installed(given: JsonObject = {}): string {
  const values = new Map([[definitionOf(install).owner, { ...install.parse({}), ...given }]]);
  return evaluate(treeOf(sandbox.document), { values, builtins: {} as Inputs['builtins'] }) as string;
}

describe('the Job of a run', () => {
  test('is what was reviewed', () => {
    expect(sandbox.job({ run })).toMatchSnapshot();
  });

  test('is the same for the same values, and says which template it came from', () => {
    const job = sandbox.job({ run }) as {
      metadata: { annotations: object };
      spec: { template: { metadata: { annotations: object } } };
    };
    expect(sandbox.job({ run })).toEqual(job);
    const annotations = { 'drydock.dev/template': hashOf(installed()) };
    expect(job.metadata.annotations).toEqual(annotations);
    expect(job.spec.template.metadata.annotations).toEqual(annotations);
  });

  test('takes labels of the run, but none that the template writes itself', () => {
    const labels = { build: '42', 'app.kubernetes.io/name': 'mine' };
    expect(sandbox.job({ run: { ...run, labels } })).toMatchObject({
      metadata: { labels: { build: '42', 'app.kubernetes.io/name': 'sandbox' } },
    });
  });

  test('has a user namespace, unless a runtime class takes its place', () => {
    const podOf = (job: JsonObject) =>
      (job as { spec: { template: { spec: JsonObject } } }).spec.template.spec;
    expect(podOf(sandbox.job({ run }))).toMatchObject({ hostUsers: false });
    const gvisor = podOf(sandbox.job({ run, install: { runtimeClass: 'gvisor' } }));
    expect(gvisor).toMatchObject({ runtimeClassName: 'gvisor' });
    expect(gvisor).not.toHaveProperty('hostUsers');
  });

  test.each([
    ['without a name', { image: 'busybox:1' }],
    ['with a name that no object can have', { name: 'No', image: 'busybox:1' }],
    ['with an image that has no tag', { name: 'one', image: 'busybox' }],
    ['with an image that begins like an allowed one', { name: 'one', image: 'busybox:10' }],
    ['with a label that runs may not choose', { ...run, labels: { istio: 'ingressgateway' } }],
    ['with an environment of more than 64 KiB', { ...run, env: { A: 'é'.repeat(32_768) } }],
    ['with a command of more than 64 KiB', { ...run, command: ['echo', 'é'.repeat(32_768)] }],
    ['with no CPU', { ...run, cpu: '0' }],
    ['with no memory', { ...run, memory: '0' }],
    ['with no time', { ...run, deadlineSeconds: 0 }],
    ['with a value that the template does not take', { ...run, privileged: true }],
  ])('is refused %s', (_, given) => {
    expect(() => sandbox.job({ run: given as never })).toThrow(
      expect.objectContaining({ code: 'VALUES_INVALID' }),
    );
    expect(() => readTemplate(installed()).job(given as never)).toThrow(
      expect.objectContaining({ code: 'VALUES_INVALID' }),
    );
  });
});

test('a run may come up to its limits', () => {
  const env = { A: 'é'.repeat(32_632) }; // beside HOME, which every run has
  const command = ['echo', 'é'.repeat(32_758)];
  expect(sandbox.job({ run: { ...run, env, command, labels: { build: '42' } } })).toBeDefined();
});

describe('the installed template', () => {
  const runs: JsonObject[] = [
    run,
    { ...run, command: ['echo', 'a "b" {{ c }}'], env: { A: '<&>', B: '' } },
    { ...run, memory: '1Gi', deadlineSeconds: 5, labels: { build: '42' } },
  ];
  const installs: JsonObject[] = [
    {},
    { namespace: 'other' },
    { runtimeClass: 'gvisor' },
    { memory: '1G', longest: 60 },
  ];

  test.each(installs.flatMap((given) => runs.map((each) => [given, each])))(
    'installed with %j makes the Job that the description makes, for %j',
    (given, each) => {
      const template = readTemplate(installed(given as JsonObject));
      expect(template.job(each as JsonObject)).toEqual(
        sandbox.job({ install: given as never, run: each as never }),
      );
    },
  );

  test('has another hash for other values of the installation', () => {
    expect(readTemplate(installed()).hash).not.toBe(readTemplate(installed({ memory: '1Gi' })).hash);
  });

  test.each([
    ['text that is not JSON', '{'],
    ['another version', '{"drydock":2}'],
    ['nothing', 'null'],
    ['a part of a document', '{"drydock":1}'],
  ])('cannot be read from %s', (_, text) => {
    expect(() => readTemplate(text)).toThrow(expect.objectContaining({ code: 'TEMPLATE_TEXT' }));
  });
});

describe('a start before the network is closed', () => {
  const declared = defineValues({ open: value.boolean({ default: false, doc: 'Whether' }) });
  const said = (open: boolean) => {
    const { document } = sandboxWith({ install: declared, allowOpenStart: declared.open, ...constants });
    const values = new Map([[definitionOf(declared).owner, declared.parse({ open })]]);
    return readTemplate(evaluate(treeOf(document), { values, builtins: {} as Inputs['builtins'] }) as string);
  };
  const constants = {
    ...{ namespace: 'boxes', memory: '512Mi', runtimeClassName: undefined },
    limits: { images: ['busybox:1'], deadlineSeconds: 60, cpu: '2', memory: '4Gi', ephemeralStorage: '8Gi' },
  };

  test('is not allowed unless it is said, and a template that does not say it is the one of before', () => {
    expect(sandbox.allowsOpenStart()).toBe(false);
    expect(readTemplate(installed()).allowsOpenStart).toBe(false);
    expect(installed()).not.toContain('allowOpenStart');
    expect(sandboxWith({ allowOpenStart: true }).allowsOpenStart()).toBe(true);
  });

  test('may be a value of the installation, which changes the hash', () => {
    const spec = sandboxWith({ install: declared, allowOpenStart: declared.open, ...constants });
    expect(spec.allowsOpenStart({} as never)).toBe(false);
    expect(spec.allowsOpenStart({ open: true } as never)).toBe(true);
    expect([said(false).allowsOpenStart, said(true).allowsOpenStart]).toEqual([false, true]);
    expect(said(true).hash).not.toBe(said(false).hash);
  });
});

describe('a queue', () => {
  const declared = defineValues({ queue: value.dnsName({ optional: true, doc: 'Queue' }) });
  const limits = {
    ...{ images: ['busybox:1'], labels: ['build'] },
    ...{ deadlineSeconds: 3600, cpu: '2', memory: '4Gi', ephemeralStorage: '8Gi' },
  };
  const made = (queue: string | undefined) => {
    const constants = { namespace: 'boxes', memory: '512Mi', runtimeClassName: undefined, limits };
    const spec = sandboxWith({ install: declared, queueName: declared.queue, ...constants });
    const given = (queue ? { queue } : {}) as never;
    return (more: object = {}) =>
      spec.job({ install: given, run: { ...run, ...more } as never }) as unknown as QueuedJob;
  };
  interface QueuedJob {
    readonly metadata: { readonly labels: JsonObject };
    readonly spec: {
      readonly suspend: boolean;
      readonly template: { readonly metadata: { readonly labels: JsonObject } };
    };
  }
  const LABEL = 'kueue.x-k8s.io/queue-name';

  test('is on the Job, which begins suspended, and not on its pod', () => {
    const constant = sandboxWith({ queueName: 'batch' }).job({ run }) as unknown as QueuedJob;
    for (const job of [made('batch')(), constant]) {
      expect([job.metadata.labels[LABEL], job.spec.suspend]).toEqual(['batch', true]);
      expect(job.spec.template.metadata.labels).not.toHaveProperty([LABEL]);
    }
  });

  test('that is not given leaves the Job as it is without one', () => {
    const job = made(undefined)();
    expect([LABEL in job.metadata.labels, job.spec.suspend]).toEqual([false, false]);
    expect(installed()).not.toContain('kueue');
  });

  test("is the template's to choose: a run's own is refused where there is one, and where there is none", () => {
    const labels = { [LABEL]: 'mine' };
    const refused = { code: 'VALUES_INVALID', where: 'values of the run, labels' };
    for (const job of [made(undefined), made('batch')]) {
      expect(() => job({ labels })).toThrow(expect.objectContaining(refused));
      expect(job({ labels: { build: '42' } }).metadata.labels).toMatchObject({ build: '42' });
    }
  });
});

test('a value that can hold any text cannot be filled into a template', () => {
  const open = defineValues({ class: value.string({ default: 'x', doc: 'Any text' }) });
  expect(() => sandboxWith({ runtimeClassName: open.class })).toThrow(
    expect.objectContaining({ code: 'TEMPLATE_VALUE', where: expect.stringContaining('runtimeClassName') }),
  );
});
