import { readFileSync } from 'node:fs';
import { Connection, type KubeObject, list, resource, type Stored } from '../kube';
import { SandboxError } from '../sandbox';
import { UsageError } from './command';

/** Where a chart puts a template in its ConfigMap. */
export const TEMPLATE_KEY = 'template.json';
interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

const configMaps = resource<ConfigMap>('v1', 'ConfigMap');

/** A template, and the namespace that it makes sandboxes in. */
export interface FoundTemplate {
  readonly text: string;
  readonly namespace: string;
}

/** Whether each run has to name its image: a template can also have one by default, or a fixed one. */
export function needsImage(text: string): boolean {
  try {
    const { schema, defaults } = JSON.parse(text).run;
    return schema.required.includes('image') && defaults.image === undefined;
  } catch {
    // What is wrong with it is told by what reads it.
    return false;
  }
}

export interface TemplateOptions {
  readonly template?: string;
  readonly namespace?: string;
}

/**
 * The template to use: the file that was named, else `$SANDBOX_TEMPLATE`, else the only one that a chart has installed
 * in the namespace of the current context, else the only one of the cluster.
 */
export async function findTemplate(
  options: TemplateOptions,
  env: NodeJS.ProcessEnv = process.env,
): Promise<FoundTemplate> {
  const file = options.template ?? env.SANDBOX_TEMPLATE;
  const text = file === undefined ? await installed() : readFileSync(file, 'utf8');
  const namespace = options.namespace ?? namespaceIn(text) ?? env.SANDBOX_NAMESPACE;
  if (namespace !== undefined) return { text, namespace };
  throw new UsageError('the template names no namespace: give --namespace', HELP);
}

const HELP = 'drydock sandbox --help';

async function installed(): Promise<string> {
  const connection = new Connection();
  try {
    for (const namespace of [connection.namespace, '*']) {
      const { items } = await list(connection, configMaps, { namespace });
      const found = items.filter(({ data }) => data?.[TEMPLATE_KEY] !== undefined);
      if (found.length === 1) return found[0]!.data![TEMPLATE_KEY]!;
      if (found.length > 1) throw several(found);
    }
  } finally {
    connection.close();
  }
  throw new SandboxError('ArgumentInvalid', {
    where: 'the template of the sandbox',
    found: `no ConfigMap with ${TEMPLATE_KEY} in the cluster`,
    expected: 'one that a chart with SandboxTemplate has installed',
    remedy: 'Install such a chart, or name a file with --template.',
  });
}

function several(found: readonly Stored<ConfigMap>[]): UsageError {
  const names = found.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`).join(', ');
  return new UsageError(
    `several templates are installed (${names}): save one with kubectl get configmap -o jsonpath='{.data.template\\.json}' and name it with --template`,
    HELP,
  );
}

/** The namespace that a template makes sandboxes in, where it names one. */
export function namespaceIn(text: string): string | undefined {
  try {
    const { job } = JSON.parse(text) as { job?: { metadata?: { namespace?: unknown } } };
    const namespace = job?.metadata?.namespace;
    return typeof namespace === 'string' ? namespace : undefined;
  } catch {
    // The template's own reader says what is wrong with it.
    return undefined;
  }
}
