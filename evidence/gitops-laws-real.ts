/**
 * Runs schedules of Applications on three real API servers, then with some of the planted faults, and writes
 * docs/evidence/gitops-laws-real.md.
 *
 *     npx tsx evidence/gitops-laws-real.ts [SCHEDULES]
 */
import { startCluster } from '../cluster';
import { Connection } from '../kube';
import { gitopsMutants } from '../test/gitops/gitops-mutants';
import type * as RealLaw from '../test/gitops/law/real-law';
import { runRealLaw } from '../test/gitops/law/real-law';
import { teachApplications } from '../test/gitops/world';
import { gitopsProperties } from './gitops/properties';
import { firstWordsOf, writeLawPage } from './schedule-law';

const SCHEDULES = Number(process.argv[2] ?? 200);
const SEED = 20_261_130;
const MOST_FOR_A_MUTANT = 60;

/** Those that few schedules convict; among them those of watches, of which a model has none. */
const PLANTED = [
  'an old commit is taken for the new one',
  'what a commit no longer has stays',
  'what somebody has edited is not put right',
  'a change that watches tell of is not looked at',
  'a deletion is not told',
  'a deletion asks no cluster',
  'all clusters share one connection',
];

async function main(): Promise<void> {
  await using home = await startCluster({ controlPlaneOnly: true });
  await using east = await startCluster({ controlPlaneOnly: true });
  await using west = await startCluster({ controlPlaneOnly: true });
  const connection = new Connection({ kubeconfig: home.kubeconfig });
  await teachApplications(home, connection);
  connection.close();
  const servers = { home: home.kubeconfig, east: east.kubeconfig, west: west.kubeconfig };
  await writeLawPage<typeof RealLaw>({
    file: 'test/gitops/law/real-law.ts',
    run: (...how) => runRealLaw(servers, ...how),
    runOf:
      (law) =>
      (...how) =>
        law.runRealLaw(servers, ...how),
    schedules: SCHEDULES,
    seed: SEED,
    mostForAMutant: MOST_FOR_A_MUTANT,
    mutants: gitopsMutants.filter(({ title }) => PLANTED.includes(title)),
    inWords: firstWordsOf('law'),
    page: 'gitops-laws-real.md',
    title: 'What an Application promises, on three real API servers',
    about: `Written by \`npx tsx evidence/gitops-laws-real.ts\`: the schedules of [the law on models](gitops-laws.md), of which thousands run there, on three control planes of Kubernetes 1.34
([the world](../../test/gitops/law/real-world.ts)): one of the controller with its Applications, Clusters and Secrets, two others that a selector means. Each schedule has namespaces of its own; several run at once. A cluster is away as
the way to it resets every connection; its credentials change by another ServiceAccount, and the one before is deleted; a Job never completes as there is no node; edits are those of another field manager; watches, leases, finalizers, the writes of the status and the checks of both kinds are those of the API server.
The repository is the one of the model, and the controller is killed before whichever write.`,
    properties: gitopsProperties,
  });
}

void main();
