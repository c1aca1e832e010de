import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { command, needs } from '../support/needs';
import { type HelmVersion, LawEngine, type Refusal, type Rendered, type RenderInputs } from './engine';
import { HelmBinary } from './helm-binary';
import { filesOf, type TrapCase, trapCases } from './trap-cases';
import { trapChart } from './trap-chart';

const BUILD_MS = 600_000;
const chart = { files: trapChart };
const minimal = { 'Chart.yaml': 'apiVersion: v2\nname: small\nversion: 1.0.0\n' };

describe.each<HelmVersion>(['helm-4', 'helm-3'])('the %s engine', (version) => {
  let engine: LawEngine;
  let helm: HelmBinary;

  beforeAll(async () => {
    engine = await LawEngine.start(version);
    helm = await HelmBinary.open(version);
  }, BUILD_MS);

  afterAll(async () => {
    await engine?.stop();
    helm?.close();
  });

  async function accepted(inputs: RenderInputs = {}): Promise<Rendered> {
    const answer = await engine.render(chart, inputs);
    if (!answer.ok) throw new Error(`refused at ${answer.stage}: ${answer.message}`);
    return answer;
  }

  async function object(name: string, inputs?: RenderInputs) {
    const { objects } = await accepted(inputs);
    return objects.find(({ object }) => (object.metadata as { name: string }).name === name);
  }

  describe('agrees with helm template', () => {
    const refusals = new Set<string>();

    test.each(trapCases.map((trap) => [trap.title, trap] as const))('%s', async (title, trap) => {
      const ours = await seenByEngine(trap);
      if (ours === 'refused') refusals.add(title);
      expect(ours).toEqual(await seenByBinary(trap));
    });

    test('in cases of both kinds', () => {
      expect(refusals.size).toBeGreaterThan(25);
      expect(trapCases.length - refusals.size).toBeGreaterThan(50);
    });
  });

  async function seenByEngine(trap: TrapCase) {
    const answer = await engine.render({ files: filesOf(trap) }, trap.inputs);
    return answer.ok ? answer.objects : 'refused';
  }

  async function seenByBinary(trap: TrapCase) {
    const run = await helm.template(helm.write(filesOf(trap)), trap.inputs ?? {});
    if (run.code !== 0) return 'refused';
    const read = await engine.parse(run.stdout);
    return read.ok ? read.objects : 'refused';
  }

  test('tells 1e+06 from 1000000, though Kubernetes is sent the same digits', async () => {
    const spec = (await object('numbers', { valueFiles: ['count: 1000000'] }))!;
    expect(spec.object.spec).toMatchObject({ bare: 1e6, json: 1e6 });
    expect(spec.numbers).toContainEqual({ at: '/spec/bare', yaml: 'float', json: '1000000' });
    expect(spec.numbers!.map(({ at }) => at)).not.toContain('/spec/json');
    const config = await object('release-traps', { valueFiles: ['count: 1000000'] });
    expect(config!.object.data).toMatchObject({ countQuoted: '1e+06' });
  });

  test('reports every whole number that JavaScript cannot tell or hold', async () => {
    const { numbers } = (await object('numbers'))!;
    expect(numbers).toEqual([
      { at: '/spec/written/0', yaml: 'float', json: '1000000' },
      { at: '/spec/written/1', yaml: 'float', json: '5' },
      { at: '/spec/written/2', yaml: 'float', json: '-0' },
      { at: '/spec/written/6', yaml: 'int', json: '9007199254740993' },
      { at: '/spec/written/7', yaml: 'int', json: '18446744073709551615' },
    ]);
  });

  test('says from where on digits are no integer any more', async () => {
    expect(await engine.parse('[1e20, 1e21]')).toMatchObject({
      objects: [{ numbers: [{ json: '100000000000000000000' }, { json: '1e+21' }] }],
    });
  });

  test('adds the line that helm 4 adds to a block that keeps its line ends', async () => {
    const body = 'a: |+\n  x\n\n---\nb: 1\n';
    const answer = (await engine.render({ files: { ...minimal, 'templates/a.yaml': body } })) as Rendered;
    expect(answer.objects[0]!.object.a).toBe(version === 'helm-4' ? 'x\n\n\n' : 'x\n');
  });

  test('shows what Helm does to the text <no value>', async () => {
    const config = await object('release-traps', { valueFiles: ['text: "a<no value>b"'] });
    expect(config!.object.data).toMatchObject({ text: 'ab', raw: 'ab', json: 'a<no value>b', missing: null });
  });

  test('reports a key that occurs twice, of which Helm keeps the last', async () => {
    const files = { ...minimal, 'templates/a.yaml': 'kind: A\nkind: B\n' };
    const answer = (await engine.render({ files })) as Rendered;
    expect(answer.objects).toEqual([
      {
        template: 'small/templates/a.yaml',
        object: { kind: 'B' },
        duplicate: 'line 3: key "kind" already set in map',
      },
    ]);
  });

  test('drops empty documents and keeps conditional ones only when their condition holds', async () => {
    expect(await object('first')).toBeDefined();
    expect(await object('optional')).toBeUndefined();
    expect(await object('optional', { set: ['documents.optional=true'] })).toBeDefined();
  });

  test('prints CRDs first and hooks last, without the hook whose event Helm does not know', async () => {
    const names = (await accepted()).objects.map(({ object }) => (object.metadata as { name: string }).name);
    expect(names.slice(0, 2)).toEqual(['things.example.com', 'others.example.com']);
    expect(names.slice(-2).sort()).toEqual(['hook', 'works']);
    expect(names).not.toContain('lost');
  });

  test('switches subcharts by condition, tags and alias', async () => {
    const names = async (inputs?: RenderInputs) =>
      (await accepted(inputs)).objects
        .map(({ object }) => (object.metadata as { name: string }).name)
        .filter((name) => /-(worker|hot|cold)$/.test(name));
    expect(await names()).toEqual(['release-hot', 'release-worker']);
    expect(await names({ set: ['worker.enabled=false', 'cold.enabled=true'] })).toEqual([
      'release-cold',
      'release-hot',
    ]);
    expect(await names({ set: ['tags.caches=false'] })).toEqual(['release-worker']);
  });

  interface StageCase {
    readonly stage: Refusal['stage'];
    readonly words: string;
    readonly inputs?: RenderInputs;
    readonly files?: { readonly [path: string]: string };
  }
  const stageCases: readonly StageCase[] = [
    { stage: 'request', words: 'invalid kube version', inputs: { kubeVersion: 'latest' } },
    { stage: 'values', words: 'values-0.yaml', inputs: { valueFiles: ['a: ['] } },
    { stage: 'values', words: 'release name', inputs: { release: { name: 'r'.repeat(54) } } },
    { stage: 'load', words: 'Chart.yaml', files: { 'templates/a.yaml': '' } },
    { stage: 'schema', words: "at '/text': got number, want string", inputs: { valueFiles: ['text: 5'] } },
    { stage: 'render', words: 'told to fail', inputs: { set: ['text=fail'] } },
    { stage: 'render', words: 'nowhere is required', inputs: { set: ['text=require'] } },
    { stage: 'parse', words: 'templates/a.yaml', files: { ...minimal, 'templates/a.yaml': 'a: [' } },
    { stage: 'parse', words: 'UTF-8', files: { ...minimal, 'templates/a.yaml': 'a: {{ b64dec "/w==" }}' } },
  ];

  test.each(stageCases)('says that a case failed at stage $stage: $words', async (failing) => {
    const refusal = await engine.render({ files: failing.files ?? trapChart }, failing.inputs);
    expect(refusal).toEqual({
      ok: false,
      stage: failing.stage,
      message: expect.stringContaining(failing.words),
    });
  });

  test('sees the revision, which helm template cannot be told', async () => {
    const release = { revision: 7, isUpgrade: true };
    expect((await object('release-traps', { release }))!.object.data).toMatchObject({
      revision: '7',
      upgrade: 'true',
      install: 'false',
    });
  });

  test('renders only the notes of the chart itself', async () => {
    expect((await accepted()).notes).toBe('Installed release in default.\n');
  });

  test('reads the same chart from memory, a folder, an archive and its cache', async () => {
    const folder = helm.write(trapChart);
    const out = helm.write({});
    expect((await helm.run(['package', folder, '-d', out])).code).toBe(0);
    const archive = path.join(out, 'traps-1.2.3+build.4.tgz');
    expect(existsSync(archive)).toBe(true);
    expect(await engine.load('traps', { path: archive })).toEqual({ ok: true });
    const expected = await accepted();
    for (const source of [{ path: folder }, { path: archive }, { id: 'traps' }]) {
      expect(await engine.render(source)).toEqual(expected);
    }
  });

  test('gives each case a chart of its own: what one case switches off is there in the next', async () => {
    await engine.load('again', chart);
    const before = await engine.render({ id: 'again' });
    await engine.render(
      { id: 'again' },
      { set: ['worker.enabled=false', 'tags.caches=false', 'labels=null'] },
    );
    expect(await engine.render({ id: 'again' })).toEqual(before);
    await engine.unload('again');
    expect(await engine.render({ id: 'again' })).toMatchObject({ ok: false, stage: 'request' });
  });

  test('refuses to cache a chart that Helm does not load', async () => {
    expect(await engine.load('bad', { files: {} })).toMatchObject({ ok: false, stage: 'load' });
  });

  test('answers many calls at once, each with its own', async () => {
    const counts = Array.from({ length: 200 }, (_, index) => index);
    const answers = await Promise.all(counts.map((count) => engine.parse(`count: ${count}`)));
    expect(answers).toEqual(counts.map((count) => ({ ok: true, objects: [{ object: { count } }] })));
  });

  test('refuses half a surrogate pair, which JSON would carry and Go would replace', async () => {
    await expect(engine.parse('a: "\ud83d"')).rejects.toMatchObject({ code: 'TEXT_NOT_UNICODE' });
    expect(await engine.parse("a: '\\ud83d \u{1f600}'")).toEqual({
      ok: true,
      objects: [{ object: { a: '\\ud83d \u{1f600}' } }],
    });
  });

  test('tells the last words of a process that died, to calls under way and later, and leaves no files', async () => {
    const dying = await LawEngine.start(version);
    expect(existsSync(dying.scratch)).toBe(true);
    await dying.parse('a: 1');
    // More work than a process can do before a signal reaches it; a Go program answers SIGQUIT with a trace.
    const underWay = Promise.allSettled(Array.from({ length: 500 }, () => dying.render(chart)));
    process.kill(dying.pid!, 'SIGQUIT');
    const ended = { code: 'ENGINE_ENDED', found: expect.stringContaining('goroutine') };
    expect((await underWay).at(-1)).toMatchObject({ status: 'rejected', reason: ended });
    await expect(dying.render(chart)).rejects.toMatchObject(ended);
    await dying.stop();
    expect(existsSync(dying.scratch)).toBe(false);
  });
});

const goes = needs(command('go', 'install Go, which builds the engine too'));

goes.test(
  'a panic inside Helm is the answer to one case',
  async () => {
    const cwd = path.resolve(__dirname, '../../cluster/tools/helm-4');
    const run = await promisify(execFile)('go', ['test', '-count=1', 'drydock/tools/lawproto'], { cwd });
    expect(run.stdout).toMatch(/^ok/);
  },
  BUILD_MS,
);
