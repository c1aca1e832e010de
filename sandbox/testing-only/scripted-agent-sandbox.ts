import { randomUUID } from 'node:crypto';
import type { PodSpec } from '../../imports/k8s';
import type { Stored } from '../../kube';
import { type Seen, statusBody } from '../../kube/testing-only/scripted-server';
import {
  type AgentCondition,
  type AgentSandbox,
  LAUNCH_LABEL,
  POD_LABEL,
  type SandboxClaim,
} from '../agent-sandbox/kinds';
import { Collection, type Versions } from './collection';

/** What a stand-in of agent-sandbox has its cluster do. */
export interface PodsOfAgent {
  /** The time of the server. */
  now(): Date;
  start(pod: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly owner: {
      readonly apiVersion: string;
      readonly kind: string;
      readonly name: string;
      readonly uid: string;
    };
    readonly spec: PodSpec;
    readonly ended: () => void;
  }): void;
  remove(name: string): void;
}

/** A pool that the stand-in knows. */
export interface ScriptedPool {
  readonly spec: PodSpec;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Stands in for the controller of agent-sandbox: what a claim is told, and when its pod goes. */
export class ScriptedAgentSandbox {
  readonly claims: Collection<SandboxClaim>;
  readonly sandboxes: Collection<AgentSandbox>;
  /** By the name of the SandboxWarmPool. */
  readonly pools = new Map<string, ScriptedPool>();
  /** Names of Sandboxes that are warm, by their pool. */
  readonly #warm = new Map<string, string[]>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  /** What a claim is refused with, in place of a Sandbox. */
  refusal: AgentCondition | undefined;
  /** Whether claims are told of Sandboxes that belong to others. */
  confuses = false;

  constructor(
    versions: Versions,
    private readonly pods: PodsOfAgent,
  ) {
    this.claims = new Collection<SandboxClaim>('SandboxClaim', versions);
    this.sandboxes = new Collection<AgentSandbox>('Sandbox', versions);
  }

  /** A member that waits: its pod runs. */
  warm(pool: string): string {
    const name = `${pool}-${randomUUID().slice(0, 5)}`;
    this.#make(name, pool, 'warm', { kind: 'SandboxWarmPool', name: pool, uid: 'pool' });
    this.#warm.set(pool, [...(this.#warm.get(pool) ?? []), name]);
    return name;
  }

  collectionOf(kind: string | undefined): Collection<SandboxClaim> | Collection<AgentSandbox> | undefined {
    return { sandboxclaims: this.claims, sandboxes: this.sandboxes }[kind ?? ''];
  }

  write({ method, query, body }: Seen, kind: string, name: string): [code: number, body: unknown] {
    if (method === 'POST') return this.#create(JSON.parse(body), query.get('fieldManager'));
    const found = kind === 'sandboxclaims' ? this.claims.get(name) : this.sandboxes.get(name);
    if (!found) return [404, statusBody(404, 'NotFound', `${kind} "${name}" not found`)];
    if (method === 'GET') return [200, found];
    const given = JSON.parse(body);
    const uid = given.preconditions?.uid ?? given.metadata?.uid;
    if (uid !== undefined && uid !== found.metadata.uid) return [409, statusBody(409, 'Conflict')];
    const claim = found as Stored<SandboxClaim>;
    if (method === 'DELETE') {
      this.#end(claim);
      return [200, claim];
    }
    const lifecycle = { ...claim.spec.lifecycle, ...given.spec.lifecycle };
    const changed = this.claims.put({ ...claim, spec: { ...claim.spec, lifecycle } });
    this.#bound(changed);
    return [200, changed];
  }

  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }

  #create(claim: SandboxClaim, manager: string | null): [code: number, body: unknown] {
    const name = claim.metadata?.name ?? '';
    if (this.claims.get(name)) return [409, statusBody(409, 'AlreadyExists', `"${name}" already exists`)];
    const metadata = {
      ...claim.metadata,
      name,
      uid: randomUUID(),
      creationTimestamp: this.pods.now().toISOString(),
      managedFields: [{ manager: manager ?? 'unknown' }],
    };
    const made = this.claims.put({ ...claim, metadata });
    this.#bound(made);
    setImmediate(() => this.#carryOut(made.metadata.name));
    return [201, made];
  }

  #carryOut(name: string): void {
    const claim = this.claims.get(name);
    if (!claim) return;
    const pool = claim.spec.warmPoolRef.name;
    const missing = { type: 'Ready', status: 'False', reason: 'WarmPoolNotFound' };
    const refusal = this.refusal ?? (this.pools.has(pool) ? undefined : missing);
    if (refusal) {
      this.#say(claim, [refusal]);
      return;
    }
    const owner = { kind: 'SandboxClaim', name, uid: this.confuses ? 'another' : claim.metadata.uid };
    const warm = this.#warm.get(pool)?.shift();
    if (warm === undefined) this.#make(name, pool, 'cold', owner);
    else {
      const sandbox = this.sandboxes.get(warm)!;
      const metadata = { ...sandbox.metadata, ownerReferences: [ownerOf(owner)] };
      this.sandboxes.put({ ...sandbox, metadata });
    }
    this.#say(claim, [{ type: 'Ready', status: 'True' }], warm ?? name);
  }

  #make(
    name: string,
    pool: string,
    launch: string,
    owner: { kind: string; name: string; uid: string },
  ): void {
    const uid = randomUUID();
    const apiVersion = 'agents.x-k8s.io/v1beta1';
    const metadata = { name, uid, labels: { [LAUNCH_LABEL]: launch }, ownerReferences: [ownerOf(owner)] };
    this.sandboxes.put({ apiVersion, kind: 'Sandbox', metadata });
    this.pods.start({
      name,
      labels: { [POD_LABEL]: 'hash' },
      owner: { apiVersion, kind: 'Sandbox', name, uid },
      spec: this.pools.get(pool)!.spec,
      ended: () => this.#finished(name),
    });
  }

  #finished(sandbox: string): void {
    const claim = this.claims.all.find(({ status }) => status?.sandbox?.name === sandbox);
    if (claim) this.#say(claim, [{ type: 'Finished', status: 'True' }], sandbox);
  }

  #say(claim: Stored<SandboxClaim>, conditions: readonly AgentCondition[], name?: string): void {
    const now = this.claims.get(claim.metadata.name);
    if (now) this.claims.put({ ...now, status: { conditions, ...(name && { sandbox: { name } }) } });
  }

  #bound(claim: Stored<SandboxClaim>): void {
    const { name } = claim.metadata;
    clearTimeout(this.#timers.get(name));
    const at = claim.spec.lifecycle?.shutdownTime;
    if (at === undefined) return;
    const leftMs = Math.max(0, Date.parse(at) - this.pods.now().getTime());
    this.#timers.set(name, setTimeout(() => this.#expire(name), leftMs).unref());
  }

  /** Says why first, and is there until its pod is gone. */
  #expire(name: string): void {
    const claim = this.claims.get(name);
    if (!claim) return;
    const expired = { type: 'Ready', status: 'False', reason: 'ClaimExpired', message: 'Claim expired.' };
    this.#say(claim, [expired], claim.status?.sandbox?.name);
    const now = this.claims.get(name)!;
    const metadata = { ...now.metadata, deletionTimestamp: this.pods.now().toISOString() };
    this.claims.put({ ...now, metadata });
    this.#removeSandbox(now);
    setTimeout(() => this.claims.remove(name), 50).unref();
  }

  #end(claim: Stored<SandboxClaim>): void {
    clearTimeout(this.#timers.get(claim.metadata.name));
    this.claims.remove(claim.metadata.name);
    this.#removeSandbox(claim);
  }

  #removeSandbox({ metadata, status }: Stored<SandboxClaim>): void {
    const name = status?.sandbox?.name ?? metadata.name;
    this.sandboxes.remove(name);
    this.pods.remove(name);
  }
}

function ownerOf({ kind, name, uid }: { kind: string; name: string; uid: string }) {
  return { apiVersion: 'extensions.agents.x-k8s.io/v1beta1', kind, name, uid, controller: true };
}
