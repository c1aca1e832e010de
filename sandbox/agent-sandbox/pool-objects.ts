import type { JsonObject } from '../../core/template';
import { isCount } from '../../kube';
import { checkGiven, checkOptions, invalid } from '../arguments';
import { throwingOwnAtOnce } from '../causes/own-error';
import type { ClaimOptions } from '../options';
import { jobOf, type TemplateSource } from '../template/template-source';
import { type AgentSandboxTemplate, type AgentSandboxWarmPool, EXTENSIONS_API } from './kinds';
import { agentPoolName, planClaim } from './plan';

type NotInferred<Run> = [Run][Run extends unknown ? 0 : never];

/** What agent-sandbox is to keep for the claims of `backend: 'agent-sandbox'`. */
export interface AgentSandboxPoolOptions<Run extends object = JsonObject> {
  /** The construct, the description, or the JSON that the chart installed: the one that Sandboxes are given. */
  readonly template: TemplateSource<Run>;
  /** The namespace of the sandboxes, the same as the template's. */
  readonly namespace: string;
  /**
   * The values that the chart was installed with, beside a construct or a description.
   * @default - its defaults; an installed template has them in it
   */
  readonly install?: object;
  /**
   * Values of the run that its pods are made with, such as the image. A claim with others finds no pool, and is refused;
   * environment, labels and `ttl` may differ.
   * @default - the template's defaults
   */
  readonly values?: Partial<NotInferred<Run>>;
  /**
   * How many sandboxes its controller keeps warm. With 0 every claim is cold.
   * @default 0
   */
  readonly warm?: number;
}

/**
 * The SandboxTemplate and the SandboxWarmPool of agent-sandbox for a template and values: who installs it applies them,
 * and Sandboxes with `backend: 'agent-sandbox'` claim from them. The pod is the template's to the last field.
 *
 * @example
 * import { readFileSync } from 'node:fs';
 * const objects = agentSandboxPool({
 *   template: readFileSync('template.json', 'utf8'),
 *   namespace: 'boxes',
 *   values: { image: 'registry.example.com/tools:1.0.0' },
 *   warm: 5,
 * });
 * console.log(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
 */
export function agentSandboxPool<Run extends object>(
  options: AgentSandboxPoolOptions<Run>,
): [AgentSandboxTemplate, AgentSandboxWarmPool] {
  return throwingOwnAtOnce('agentSandboxPool', () => made(options));
}

function made<Run extends object>(
  options: AgentSandboxPoolOptions<Run>,
): [AgentSandboxTemplate, AgentSandboxWarmPool] {
  const place = { where: 'agentSandboxPool' };
  checkOptions(place, options, { install: 'object', values: 'object' });
  const { template, install, namespace, values = {}, warm = 0 } = options;
  checkGiven(place, 'namespace', namespace, 'name');
  if (!isCount(warm, 0)) throw invalid(place, 'warm', warm, 'a whole number from 0 on');
  for (const given of ['name', 'deadlineSeconds']) {
    if (!Object.hasOwn(values, given)) continue;
    const found = (values as JsonObject)[given];
    throw invalid(place, `values.${given}`, found, 'nothing: each claim has its own');
  }
  const asked: ClaimOptions<object> = { values: { ...values, name: 'member' } };
  const planned = planClaim(jobOf(template, install, undefined), namespace, asked);
  const name = agentPoolName(planned);
  const { metadata = {}, spec } = planned.spec!.template;
  return [
    {
      apiVersion: EXTENSIONS_API,
      kind: 'SandboxTemplate',
      metadata: { name, namespace },
      spec: {
        podTemplate: { metadata, spec: spec! },
        service: false,
        // Ours closes the namespace; the one that it would make opens the internet.
        networkPolicyManagement: 'Unmanaged',
        envVarsInjectionPolicy: 'Disallowed',
        volumeClaimTemplatesPolicy: 'Disallowed',
      },
    },
    {
      apiVersion: EXTENSIONS_API,
      kind: 'SandboxWarmPool',
      metadata: { name, namespace },
      spec: { replicas: warm, sandboxTemplateRef: { name }, updateStrategy: { type: 'Recreate' } },
    },
  ];
}
