import { setTimeout as pause } from 'node:timers/promises';
import { type Application, applications } from '../../gitops';
import { getIfThere, type KubeObject, list, resource, type Stored } from '../../kube';
import { NAMESPACE, type Place } from './place';
import { BACKEND, RELEASE } from './stack';

export type Status = NonNullable<Application['status']>;

interface Rollout extends KubeObject {
  readonly status?: {
    readonly phase?: string;
    readonly abort?: boolean;
    readonly currentStepIndex?: number;
    readonly updatedReplicas?: number;
    readonly replicas?: number;
  };
}

interface AnalysisRun extends KubeObject {
  readonly spec: { readonly args?: readonly { readonly value?: string }[] };
  readonly status?: {
    readonly phase?: string;
    readonly metricResults?: readonly {
      readonly measurements?: readonly { readonly value?: string; readonly phase: string }[];
    }[];
  };
}

const rollouts = resource<Rollout>('argoproj.io/v1alpha1', 'Rollout', {
  plural: 'rollouts',
  namespaced: true,
});
const runs = resource<AnalysisRun>('argoproj.io/v1alpha1', 'AnalysisRun', {
  plural: 'analysisruns',
  namespaced: true,
});
const EVERY_MS = 300;

/** What was seen at a moment, where it was another than before. */
export interface Line {
  readonly atMs: number;
  readonly application: string;
  /** By cluster: what the Application says of it, and how its Rollout is. */
  readonly places: readonly { readonly said: string; readonly rollout: string }[];
}

/** Looks at the Application and the Rollouts again and again, and writes down what is new. */
export class Diary {
  readonly lines: Line[] = [];
  #goesOn = true;
  readonly #work: Promise<void>;

  constructor(readonly places: readonly Place[]) {
    this.#work = this.#write();
  }

  /** The status as it is now. */
  async status(): Promise<Status> {
    const at = { namespace: NAMESPACE, name: RELEASE };
    return (await getIfThere(this.places[0]!.connection, applications, at))?.status ?? {};
  }

  async stop(): Promise<void> {
    this.#goesOn = false;
    await this.#work;
  }

  async #write(): Promise<void> {
    let last = '';
    while (this.#goesOn) {
      const line = await this.#look().catch(() => undefined);
      const text = JSON.stringify(line);
      if (line && text !== last) this.lines.push({ atMs: Date.now(), ...line });
      last = text ?? last;
      await pause(EVERY_MS);
    }
  }

  async #look(): Promise<Omit<Line, 'atMs'>> {
    const status = await this.status();
    const places = await Promise.all(
      this.places.map(async ({ name, connection }) => {
        const entry = status.clusters?.find((one) => one.name === name);
        const at = { namespace: NAMESPACE, name: BACKEND };
        const rollout = await getIfThere(connection, rollouts, at);
        return { said: wordsOf(entry?.phase, entry?.reason), rollout: inWords(rollout) };
      }),
    );
    const ready = status.conditions?.find(({ type }) => type === 'Ready');
    return { application: `${wordsOf(status.phase, ready?.reason)}, ${status.sync ?? ''}`, places };
  }
}

const wordsOf = (phase: string | undefined, reason: string | undefined) =>
  phase === undefined || phase === reason ? (phase ?? '') : `${phase} (${reason ?? ''})`;

function inWords(rollout: Stored<Rollout> | undefined): string {
  if (!rollout?.status?.phase) return '';
  const { phase, abort, currentStepIndex, updatedReplicas = 0, replicas = 0 } = rollout.status;
  const step = phase === 'Healthy' || currentStepIndex === undefined ? '' : `, step ${currentStepIndex} of 4`;
  return `${phase}${abort ? ', aborted' : ''}${step}, ${updatedReplicas} of ${replicas} pods are new`;
}

/** Each analysis in a cluster, the oldest first: what it was about, what Prometheus has answered, what that came to. */
export async function analysesIn({ connection }: Place) {
  const { items } = await list(connection, runs, { namespace: NAMESPACE });
  const born = ({ metadata }: Stored<AnalysisRun>) => metadata.creationTimestamp ?? '';
  return items
    .sort((left, right) => born(left).localeCompare(born(right)))
    .map(({ spec, status }) => ({
      tag: spec.args?.[0]?.value ?? '',
      phase: status?.phase ?? '',
      answers: (status?.metricResults ?? []).flatMap(({ measurements = [] }) =>
        measurements.map(({ value = 'none' }) => value),
      ),
    }));
}
