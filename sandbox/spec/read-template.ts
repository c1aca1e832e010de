import {
  DrydockError,
  decode,
  evaluate,
  type Inputs,
  type Json,
  type JsonObject,
  Owner,
} from '../../core/template';
import { mergeValues, type Problem, problemsOf, type Schema } from '../../core/values';
import { TEMPLATE } from './job';
import { type RunLimits, refuseRun } from './refuse-run';
import { DOCUMENT_VERSION, hashOf } from './sandbox-spec';

/** A template as it was installed: all that a program needs to make the Job of a run. */
export interface InstalledTemplate {
  /** SHA-256 of the text, which the admission policy asks Jobs for. */
  readonly hash: string;
  /** What the administrator allows at most, for messages that come before the policy's. */
  readonly limits: JsonObject;
  /** Whether commands may be started before the network is seen to be closed. */
  readonly allowsOpenStart: boolean;
  /** The Job of one run. */
  job(run: JsonObject): JsonObject;
}

interface Document {
  readonly drydock: number;
  /** Of a template that says nothing, `false`. */
  readonly allowOpenStart?: boolean | null;
  readonly job: Json;
  readonly limits: JsonObject & RunLimits;
  readonly run: { readonly defaults: JsonObject; readonly schema: Schema };
}

/**
 * Reads a template from the JSON of its ConfigMap. Another version or damaged text is `TEMPLATE_TEXT`.
 *
 * @example
 * import { readFileSync } from 'node:fs';
 * const template = readTemplate(readFileSync('template.json', 'utf8'));
 * const job = template.job({ name: 'try', image: 'registry.example.com/tools:1.0.0' });
 */
export function readTemplate(text: string): InstalledTemplate {
  const document = parseDocument(text);
  const { defaults, schema } = document.run;
  const run = new Owner('run', -1, '');
  const tree = decode(
    document.job,
    new Map([
      ['run', run],
      ['template', TEMPLATE],
    ]),
  );
  const hash = hashOf(text);
  return {
    hash,
    limits: document.limits,
    allowsOpenStart: document.allowOpenStart === true,
    job(given) {
      const values = mergeValues(defaults, given);
      const problems = problemsOf(schema, values);
      if (problems.length > 0) throw invalid(problems);
      const inputs = {
        values: new Map([
          [run, values],
          [TEMPLATE, { hash }],
        ]),
        builtins: {} as Inputs['builtins'],
      };
      return refuseRun(evaluate(tree, inputs) as JsonObject, document.limits, values);
    },
  };
}

function parseDocument(text: string): Document {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw unreadable('text that is not JSON');
  }
  const document = json as Partial<Document> | null;
  if (document?.drydock !== DOCUMENT_VERSION)
    throw unreadable(`version ${JSON.stringify(document?.drydock)}`);
  const { images, labels } = document.limits ?? {};
  if (!document.job || !document.run || typeof images !== 'string' || typeof labels !== 'string')
    throw unreadable('a document without job, run and limits');
  return document as Document;
}

function invalid(problems: readonly Problem[]): DrydockError {
  const found = problems.map(({ path, found, expected }) => `${path}: ${found}, expected ${expected}`);
  return new DrydockError('VALUES_INVALID', {
    where: 'values of the run',
    found: found.join('; '),
    expected: 'values as the template declares them',
    remedy: 'Correct them; `run.schema` in the ConfigMap says what each may be.',
  });
}

function unreadable(found: string): DrydockError {
  return new DrydockError('TEMPLATE_TEXT', {
    where: 'the template of a sandbox',
    found,
    expected: `a document of version ${DOCUMENT_VERSION}, as the chart installs it`,
    remedy:
      'Read the key template.json of the ConfigMap, and use the version of this library that the chart was made with.',
  });
}
