import type { ConnectOptions } from '../kube';
import { type Sandbox, SandboxError, Sandboxes, type SandboxesOptions } from '../sandbox';
import { type Checked, type Live, noAnswer, sandboxFailed, slowSandbox } from '../verify';
import { UsageError } from './command';
import { namespaceIn, needsImage, TEMPLATE_KEY } from './sandbox-template';

/** What reading cannot show: each of these makes something or calls somebody, so each is asked for. */

const HELP = 'drydock verify --help';
/** Seconds until a sandbox is gone whatever becomes of this program. */
const TTL = 120;
const WORDS = 'written by drydock verify';
const FILE = 'drydock-verify.txt';
const AGAIN_MS = 1_000;
const ANSWER_WITHIN_MS = 10_000;

/** A template of sandboxes among what is meant. */
export interface FoundTemplate {
  readonly object: Live;
  readonly text: string;
}

/** Those of `--try`: all that are meant. It is a mistake to ask where there is none, or where none can be made. */
export function templatesToTry(objects: readonly Live[], image: string | undefined): FoundTemplate[] {
  const templates = objects.flatMap((object) => {
    const text = (object.data as Readonly<Record<string, string>> | undefined)?.[TEMPLATE_KEY];
    return object.kind === 'ConfigMap' && typeof text === 'string' ? [{ object, text }] : [];
  });
  if (templates.length === 0)
    throw new UsageError(`--try found no ConfigMap with ${TEMPLATE_KEY} among what is meant`, HELP);
  if (image === undefined && templates.some(({ text }) => needsImage(text)))
    throw new UsageError('--try needs --image IMAGE: one of the images that the template allows', HELP);
  return templates;
}

export interface SandboxTries extends Pick<ConnectOptions, 'kubeconfig' | 'context' | 'allowExecPlugin'> {
  readonly image: string | undefined;
  /** Where a template that names no namespace makes its sandboxes. */
  readonly namespace: string;
  readonly readyWithinSeconds: number | undefined;
}

/** Makes a sandbox of each template: it starts, runs a command, keeps a file, has its limit, and is gone afterwards. */
export async function trySandboxes(
  templates: readonly FoundTemplate[],
  tries: SandboxTries,
): Promise<Checked[]> {
  const tried: Checked[] = [];
  for (const template of templates) tried.push(...(await tryOne(template, tries)));
  return tried;
}

async function tryOne(
  { object: template, text }: FoundTemplate,
  { image, readyWithinSeconds, namespace: otherwise, ...connect }: SandboxTries,
): Promise<Checked[]> {
  const namespace = namespaceIn(text) ?? otherwise;
  const tried: Checked[] = [];
  let step = 'starts';
  const tell = (more: Partial<Checked> = {}) =>
    tried.push({ object: `a sandbox of ${template.metadata?.name} ${step}`, namespace, ...more });
  const options: SandboxesOptions = { template: text, namespace, ...connect };
  const sandboxes = new Sandboxes(options);
  let sandbox: Sandbox | undefined;
  try {
    const began = Date.now();
    sandbox = await sandboxes.claim({ ttl: TTL, ...(image !== undefined && { values: { image } }) });
    const readySeconds = Math.round((Date.now() - began) / 100) / 10;
    const isSlow = readyWithinSeconds !== undefined && readySeconds > readyWithinSeconds;
    tell({
      readySeconds,
      ...(isSlow && { finding: slowSandbox(template, readySeconds, readyWithinSeconds) }),
    });
    step = 'runs a command';
    const { stdout } = (await sandbox.commands.run(['sh', '-c', `echo ${WORDS}`])).orThrow();
    requireWords(stdout.text.trimEnd());
    tell();
    step = 'keeps a file';
    await sandbox.files.write(FILE, WORDS);
    requireWords((await sandbox.files.read(FILE)).toString());
    tell();
    step = 'has a limit of memory';
    // Under some RuntimeClasses the kernel that it sees does not tell.
    const { memoryLimitBytes } = await sandbox.stats();
    tell(memoryLimitBytes === undefined ? { isUnread: true } : {});
    step = 'is gone when it is closed';
    await sandbox.close({ wait: true });
    tell();
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error;
    tell({ finding: sandboxFailed(template, sandbox?.id, error) });
  } finally {
    await sandboxes.close();
  }
  return tried;
}

function requireWords(found: string): void {
  if (found === WORDS) return;
  throw new SandboxError('SupervisorProtocol', {
    where: 'a sandbox that was made to try it',
    found: JSON.stringify(found.slice(0, 80)),
    expected: JSON.stringify(WORDS),
    remedy: 'Look whether the image has a sh that works.',
  });
}

/** Refuses what is no address, and one with a password, which reports would show. */
export function checkAddresses(urls: readonly string[]): void {
  for (const text of urls) {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url?.username || url?.password)
      throw new UsageError('--reach takes an address without a name and a password', HELP);
    if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
      throw new UsageError(`--reach takes an address such as http://localhost:30000, not "${text}"`, HELP);
  }
}

/** Whether somebody who sits here gets an answer of each address, within the time. */
export async function tryAddresses(urls: readonly string[], timeoutMs: number): Promise<Checked[]> {
  const deadline = Date.now() + timeoutMs;
  return Promise.all(urls.map((url) => tryAddress(url, deadline)));
}

async function tryAddress(url: string, deadline: number): Promise<Checked> {
  for (;;) {
    const found = await problemWith(url);
    if (found === undefined) return { object: url };
    if (Date.now() >= deadline) return { object: url, finding: noAnswer(url, found) };
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

async function problemWith(url: string): Promise<string | undefined> {
  try {
    const { status } = await fetch(url, {
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    return status < 400 ? undefined : `an answer with ${status}`;
  } catch (error) {
    const { cause, message } = error as Error & { readonly cause?: { readonly code?: string } };
    return `no answer: ${cause?.code ?? message}`;
  }
}
