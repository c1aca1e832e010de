import type { Job } from '../../imports/k8s';
import { list, type Stored } from '../../kube';
import { agentSandboxBackend } from '../agent-sandbox/backend';
import { claimFromAgentSandbox } from '../agent-sandbox/claim';
import { attachByName, heldOf, listClaims, lookForClaim, summaryOfClaim } from '../agent-sandbox/held-claims';
import { planClaim } from '../agent-sandbox/plan';
import { invalid } from '../arguments';
import { jobs } from '../causes/fate';
import { type AttachOptions, attachSandbox, claimSandbox } from '../claim/claim';
import { lookForJob } from '../claim/find-job';
import type { Place } from '../claim/place';
import { SandboxError } from '../errors';
import type { ClaimOptions } from '../options';
import type { Sandbox } from '../sandbox';
import { type SandboxSummary, summaryOf } from '../summary';
import { planJob } from '../template/plan-job';
import type { JobOf } from '../template/template-source';
import type { Backend, BackendName } from './backend';
import { jobBackend } from './jobs';

/** The labels that every Job of a template has. */
const SELECTOR = 'app.kubernetes.io/name=sandbox,app.kubernetes.io/managed-by=cdk8s-drydock';

/** Something that is there. */
export interface Listed {
  readonly held: Stored<Job>;
  readonly summary: SandboxSummary;
}

/** What Sandboxes asks of a backend. */
export interface BackendCalls {
  readonly backend: Backend;
  plan(jobOf: JobOf, namespace: string, options: ClaimOptions<object>): Job;
  /** One that is made for this claim, as far as we know. */
  claim(place: Place, planned: Job, options: AttachOptions): Promise<Sandbox>;
  attach(place: Place, id: string, hash: string | undefined, options: AttachOptions): Promise<Sandbox>;
  lookFor(place: Place, id: string): Promise<Stored<Job> | undefined>;
  listed(place: Place): Promise<Listed[]>;
}

const CALLS: Readonly<Record<BackendName, BackendCalls>> = {
  jobs: {
    backend: jobBackend,
    plan: planJob,
    claim: (place, planned, options) => claimSandbox(place, planned, options),
    attach: attachSandbox,
    lookFor: lookForJob,
    listed: async ({ connection, namespace }) =>
      (await list(connection, jobs, { namespace, labelSelector: SELECTOR })).items.map((held) => ({
        held,
        summary: summaryOf(held),
      })),
  },
  'agent-sandbox': {
    backend: agentSandboxBackend,
    plan: planClaim,
    claim: claimFromAgentSandbox,
    attach: attachByName,
    lookFor: async (place, id) => {
      const claim = await lookForClaim(place, id);
      return claim && heldOf(claim);
    },
    listed: async (place) =>
      (await listClaims(place)).map((claim) => ({ held: heldOf(claim), summary: summaryOfClaim(claim) })),
  },
};

/** The calls of the backend that was asked for. */
export function callsOf(name: unknown): BackendCalls {
  if (typeof name === 'string' && Object.hasOwn(CALLS, name)) return CALLS[name as BackendName];
  throw invalid({ where: 'new Sandboxes' }, 'backend', name, Object.keys(CALLS).join(' or '));
}

/** Refuses what only Jobs of our own can do. */
export function needsJobs({ backend }: Pick<Place, 'backend'>, what: string): void {
  if (backend.name === 'jobs') return;
  throw new SandboxError('Unsupported', {
    where: what,
    found: `backend: '${backend.name}'`,
    expected: "backend: 'jobs', whose promises it rests on",
    remedy:
      "Make Sandboxes with `backend: 'jobs'` for it: both can be used side by side, in the same namespace.",
  });
}
