import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type AppProps, type App as StockApp, App as StockAppClass } from 'cdk8s';
import { App } from '../../core/synth';
import { DrydockError } from '../../core/template';
import type { Feature, Kit } from './stock-build';

/** A program that makes an App with the kit's `newApp`, whichever that is, and does not call `synth`. */
export type Program = (kit: Kit) => StockApp;

export type Outcome = 'equal' | 'both refuse' | 'stock loses an object, ours refuses';

export interface LawOptions {
  readonly helm?: string;
  /** Asks only for the files, for programs that take long to build. */
  readonly onlyFiles?: boolean;
  /** Variables of the environment during the run, such as CDK8S_DISABLE_SORT. */
  readonly env?: Readonly<Record<string, string>>;
}

type Side = 'stock' | 'ours';
type Answer<T> = { readonly value: T } | { readonly error: Error };

/**
 * Holds a program against the stock law: the files, the text of `synthYaml` and the JSON of each chart are what stock
 * cdk8s gives the first time. It is built anew for each question, because programs need not give the same twice.
 */
export function holdStockLaw(
  program: Program,
  saw: (feature: Feature) => void,
  options: LawOptions = {},
): Outcome {
  return withEnvironment(options.env ?? {}, () => {
    const ask = <T>(side: Side, question: (app: StockApp) => T, notice: Kit['saw'] = () => {}) =>
      answer(side, program, question, notice, options.helm);
    if (!options.onlyFiles) {
      const [stockJson, ourJson] = [ask('stock', jsonOfCharts), ask('ours', jsonOfCharts)];
      expectSame(stockJson, ourJson);
      if ('value' in stockJson) saw('chart.toJson');
      const [stockText, ourText] = [ask('stock', textOf), ask('ours', textOf)];
      expectSame(stockText, ourText);
      if ('value' in stockText) saw('synthYaml');
    }
    const [stockFiles, ourFiles] = [ask('stock', filesOf), ask('ours', filesOf, saw)];
    if ('error' in ourFiles && isLoss(ourFiles.error)) {
      expectLoss(stockFiles, ask('stock', textOf), ourFiles.error);
      return 'stock loses an object, ours refuses';
    }
    expectSame(stockFiles, ourFiles);
    return 'value' in stockFiles ? 'equal' : 'both refuse';
  });
}

function answer<T>(
  side: Side,
  program: Program,
  question: (app: StockApp) => T,
  saw: Kit['saw'],
  helm: string | undefined,
): Answer<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'stock-law-out-'));
  const newApp = (props: AppProps = {}) => {
    const all = { outdir: path.join(folder, 'manifests'), ...props };
    // Programs here are about bytes and make objects that no server would take.
    return side === 'stock' ? new StockAppClass(all) : new App({ ...all, allowInvalidObjects: true });
  };
  try {
    return { value: question(program({ newApp, helm, saw })) };
  } catch (error) {
    return { error: error as Error };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function textOf(app: StockApp): string {
  return app.synthYaml();
}

function jsonOfCharts(app: StockApp): unknown {
  return app.charts.map((chart) => [chart.node.path, JSON.stringify(chart.toJson())]);
}

/** Every file and folder below the output folder, files with their bytes. */
function filesOf(app: StockApp): Record<string, string> {
  app.synth();
  const names = readdirSync(app.outdir, { recursive: true }) as string[];
  const entries = names.sort().map((name) => {
    const file = path.join(app.outdir, name);
    return [name, statSync(file).isDirectory() ? '(folder)' : readFileSync(file, 'latin1')];
  });
  return Object.fromEntries(entries);
}

function expectSame<T>(stock: Answer<T>, ours: Answer<T>): void {
  if ('value' in stock || 'value' in ours) {
    assert.deepEqual(ours, stock);
    return;
  }
  // Ours names the constructs of a cycle; every other complaint is in stock's words.
  if (ours.error instanceof DrydockError) {
    assert.equal(ours.error.code, 'DEPENDENCY_CYCLE');
    assert.match(stock.error.message, /^Dependency cycle detected|^Maximum call stack size exceeded/);
  } else assert.equal(ours.error.message, stock.error.message);
}

function isLoss(error: Error): error is DrydockError {
  return error instanceof DrydockError && error.code === 'OBJECT_WOULD_BE_LOST';
}

/** Stock really wrote fewer documents than the program has objects, or fewer files than it has charts. */
function expectLoss(files: Answer<Record<string, string>>, text: Answer<string>, error: DrydockError): void {
  if ('error' in files || 'error' in text) throw error;
  const all = documents(text.value);
  const written = Object.entries(files.value)
    .filter(([name, content]) => content !== '(folder)' && name !== 'construct-metadata.json')
    .reduce((sum, [, content]) => sum + documents(content), 0);
  assert.ok(written < all, `stock wrote ${written} of ${all} documents`);
  assert.match(error.found, /^the file \S+, which \S.* writes already$/);
  assert.ok(error.remedy.includes(error.where));
}

function documents(text: string): number {
  return text === '' ? 0 : text.split(/^---$/m).length;
}

function withEnvironment<T>(env: Readonly<Record<string, string>>, run: () => T): T {
  const before = Object.keys(env).map((key) => [key, process.env[key]] as const);
  Object.assign(process.env, env);
  try {
    return run();
  } finally {
    for (const [key, value] of before) {
      if (value === undefined) delete process.env[key];
      else process.env[key] = value;
    }
  }
}
