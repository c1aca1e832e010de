import type { ObjectMeta, PodSpec } from '../../imports/k8s';
import { resource } from '../../kube';

/** What is read and written of the custom resources of agent-sandbox, as its v0.5 has them. */

const EXTENSIONS = 'extensions.agents.x-k8s.io/v1beta1';
const CORE = 'agents.x-k8s.io/v1beta1';

/** A word of the controller on how something is. */
export interface AgentCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

export interface SandboxClaim {
  readonly apiVersion: typeof EXTENSIONS;
  readonly kind: 'SandboxClaim';
  readonly metadata?: ObjectMeta;
  readonly spec: {
    readonly warmPoolRef: { readonly name: string };
    readonly lifecycle?: {
      readonly shutdownTime?: string;
      readonly shutdownPolicy?: 'Delete' | 'DeleteForeground' | 'Retain';
      readonly ttlSecondsAfterFinished?: number;
    };
  };
  readonly status?: {
    readonly conditions?: readonly AgentCondition[];
    readonly sandbox?: { readonly name?: string };
  };
}

/** What owns the pod: made for a claim, or given to it by a pool. */
export interface AgentSandbox {
  readonly apiVersion: typeof CORE;
  readonly kind: 'Sandbox';
  readonly metadata?: ObjectMeta;
}

export interface AgentSandboxTemplate {
  readonly apiVersion: typeof EXTENSIONS;
  readonly kind: 'SandboxTemplate';
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly podTemplate: { readonly metadata: ObjectMeta; readonly spec: PodSpec };
    readonly service: false;
    readonly networkPolicyManagement: 'Unmanaged';
    readonly envVarsInjectionPolicy: 'Disallowed';
    readonly volumeClaimTemplatesPolicy: 'Disallowed';
  };
}

export interface AgentSandboxWarmPool {
  readonly apiVersion: typeof EXTENSIONS;
  readonly kind: 'SandboxWarmPool';
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly replicas: number;
    readonly sandboxTemplateRef: { readonly name: string };
    readonly updateStrategy: { readonly type: 'Recreate' };
  };
}

export const EXTENSIONS_API = EXTENSIONS;
export const claims = resource<SandboxClaim>(EXTENSIONS, 'SandboxClaim', {
  plural: 'sandboxclaims',
  namespaced: true,
});
export const agentSandboxes = resource<AgentSandbox>(CORE, 'Sandbox', {
  plural: 'sandboxes',
  namespaced: true,
});

/** The label by which the controller marks the pod of a Sandbox. */
export const POD_LABEL = 'agents.x-k8s.io/sandbox-name-hash';
/** On a Sandbox: whether a pool had it ready. */
export const LAUNCH_LABEL = 'agents.x-k8s.io/launch-type';
