import type { JsonObject } from '../../core/template';
import type { Job } from '../../imports/k8s';
import { asArgument, invalid } from '../arguments';
import { SandboxError } from '../errors';
import { type InstalledTemplate, readTemplate, TEMPLATE_ANNOTATION } from '../spec';

/** A `SandboxSpec`: what `defineSandbox` gives. */
export interface DescribedSandbox<Run extends object> {
  job(inputs: { readonly install?: object; readonly run: Run }): JsonObject;
  /** Whether commands may be started before the network is closed. @default no */
  allowsOpenStart?(install?: object): boolean;
  readonly bounds: object;
}

/** The construct, the description, the JSON that the chart installed, or what `readTemplate` made of it. */
export type TemplateSource<Run extends object = JsonObject> =
  | string
  | InstalledTemplate
  | DescribedSandbox<Run>
  | { readonly sandbox: DescribedSandbox<Run> };

/** The Job of a run, whatever it was made from. */
export type JobOf = (run: JsonObject) => Job;

/** Reads a source once; `hash` is the one that every Job must have. */
export function jobOf<Run extends object>(
  source: TemplateSource<Run>,
  install: object | undefined,
  hash: string | undefined,
): JobOf {
  const evaluated = evaluator(source, install);
  return (run) => {
    const job = evaluated(run) as unknown as Job;
    if (hash !== undefined && hashOfJob(job) !== hash) throw mismatch('the template', hashOfJob(job), hash);
    return job;
  };
}

/** Whether a template lets commands be started before the network is closed. */
export function allowsOpenStart<Run extends object>(
  source: TemplateSource<Run>,
  install: object | undefined,
): boolean {
  const read = readSource(source);
  if (!('bounds' in read)) return read.allowsOpenStart;
  return asArgument(() => read.allowsOpenStart?.(install) ?? false);
}

/** The hash of the template that a Job was made from; empty where it was made from none. */
export function hashOfJob(job: Job): string {
  return job.metadata?.annotations?.[TEMPLATE_ANNOTATION] ?? '';
}

export function mismatch(where: string, found: string, expected: string, sandboxId?: string): SandboxError {
  const facts = {
    where,
    found: found === '' ? 'no template hash' : `hash ${found}`,
    expected: `hash ${expected}`,
    remedy:
      'Read the template again from the ConfigMap of the chart that is installed, and upgrade the chart of the administrator first.',
  };
  return new SandboxError('TemplateMismatch', facts, { sandboxId });
}

function evaluator<Run extends object>(
  source: TemplateSource<Run>,
  install: object | undefined,
): (run: JsonObject) => JsonObject {
  const read = readSource(source);
  if ('bounds' in read) return described(read, install);
  if (install === undefined) return (run) => read.job(run);
  throw new SandboxError('ArgumentInvalid', {
    where: 'new Sandboxes({ install })',
    found: 'values of the installation beside an installed template',
    expected: 'them beside a description only: an installed template has them filled in',
    remedy: 'Leave `install` out.',
  });
}

function readSource<Run extends object>(
  source: TemplateSource<Run>,
): InstalledTemplate | DescribedSandbox<Run> {
  checkSource(source);
  const read = typeof source === 'string' ? asArgument(() => readTemplate(source)) : source;
  return 'sandbox' in read ? read.sandbox : read;
}

/** A caller without types gives anything. */
function checkSource(source: unknown): void {
  if (typeof source === 'string') return;
  const of = typeof source === 'object' && source && 'sandbox' in source ? source.sandbox : source;
  if (typeof of === 'object' && of && 'job' in of && typeof of.job === 'function') return;
  const expected =
    'the construct, the description, the JSON that the chart installed, or what `readTemplate` made of it';
  throw invalid({ where: 'new Sandboxes' }, 'template', source, expected);
}

function described<Run extends object>(sandbox: DescribedSandbox<Run>, install: object | undefined) {
  return (run: JsonObject) => sandbox.job({ install, run: run as unknown as Run });
}
