import { GUIDE, LEFT_OUT, no, notFound, ours, type Part, partly, yes } from './cell';

export const deletions: Part = {
  title: 'Deletions',
  rows: [
    {
      what: 'What has left the repository is deleted',
      ours: ours.yes(
        'unless `prune: false`, once the rest is healthy',
        'test/gitops/sync.real.test.ts',
        'a commit is in the cluster, a change of it too, what it no longer has goes',
      ),
      flux: yes('`prune`, which has to be given', 'F1'),
      argo: yes('off unless `prune: true`', 'A1'),
      fleet: yes('as a Helm release does', 'L2'),
      kluctl: yes('`prune: true`, by a label that has to be unique', 'K1', 'K3'),
    },
    {
      what: 'An empty folder deletes nothing',
      ours: ours.yes('', 'gitops/sync/syncer.test.ts', 'is refused, told once, and changes nothing'),
      flux: notFound,
      argo: yes('unless `allowEmpty`', 'A1'),
      fleet: notFound,
      kluctl: notFound,
    },
    {
      what: 'A commit that lacks most of what is there is refused until somebody allows it',
      ours: ours.yes(
        'more than three objects and a quarter of all',
        'gitops/sync/syncer.test.ts',
        'is refused, told once, and changes nothing',
      ),
      flux: notFound,
      argo: partly('`Prune=confirm`: each deletion waits for a person', 'A2'),
      fleet: notFound,
      kluctl: partly('the command asks; of the controller nothing was found', 'K13'),
    },
    {
      what: 'Namespaces, definitions and volumes stay unless they are named',
      ours: ours.yes(
        'also when the Application goes',
        'deploy/plan/plan-removal.test.ts',
        'a Namespace goes by its name alone',
      ),
      flux: partly('what has an annotation stays', 'F1'),
      argo: partly('what has an annotation stays, or waits for a person', 'A2'),
      fleet: partly('`keepResources`: all of it, when the GitRepo goes', 'L17'),
      kluctl: partly('what has an annotation stays', 'K4'),
    },
  ],
};

export const driftAndHealth: Part = {
  title: 'Drift, health, rollback',
  rows: [
    {
      what: 'An edit by hand is put right',
      ours: ours.yes(
        'when it happens, by a watch',
        'test/gitops/sync.real.test.ts',
        'what is edited or deleted by hand is put right when it happens',
      ),
      flux: yes('at the interval; of a Helm release if that is asked for', 'F1', 'F2'),
      argo: yes('off unless `selfHeal`; five seconds later', 'A1'),
      fleet: yes('off unless `correctDrift`, by a rollback of Helm', 'L1'),
      kluctl: partly('shown; put right by `deployInterval`', 'K1', 'K2'),
    },
    {
      what: 'It waits for health, and says what is not well',
      ours: ours.yes(
        'and why: image, limits, quota, volume',
        'test/gitops/sync.real.test.ts',
        'an object that does not become healthy in time makes the Application degraded, with its cause',
      ),
      flux: yes('`wait` or `healthChecks`', 'F1'),
      argo: yes('', 'A14', 'A20'),
      fleet: yes('by kstatus', 'L13'),
      kluctl: partly('where `waitReadiness` is set', 'K5'),
    },
    {
      what: 'Own rules of health for own kinds',
      ours: ours.no('what its conditions say, as kstatus reads them', 'docs/guides/deploy.md'),
      flux: yes('CEL', 'F1'),
      argo: yes('Lua', 'A24'),
      fleet: partly('conditions that are not looked at', 'L2'),
      kluctl: partly('an annotation that says ready or not', 'K4'),
    },
    {
      what: 'A commit that never becomes healthy does not hold up the one that mends it',
      ours: ours.yes(
        '',
        'test/gitops/sync.real.test.ts',
        'a commit that never becomes healthy gives way to the one that mends it',
      ),
      flux: partly('a feature gate, off by default', 'F10'),
      argo: notFound,
      fleet: notFound,
      kluctl: notFound,
    },
    {
      what: 'One waits for another',
      ours: ours.yes(
        '`dependsOn`; circles are told',
        'gitops/sync/dependencies.test.ts',
        'a circle is told with all that are in it',
      ),
      flux: yes('`dependsOn`, also with CEL', 'F1'),
      argo: partly('waves inside of an Application; steps of an `ApplicationSet`', 'A14', 'A3'),
      fleet: yes('`dependsOn`', 'L2'),
      kluctl: partly('barriers inside of a project', 'K5'),
    },
    {
      what: 'Hooks before and after',
      ours: ours.partly('those of charts that are Jobs, and Migrations', 'docs/guides/deploy.md'),
      flux: partly('those of charts', 'F2'),
      argo: yes('`PreSync`, `Sync`, `PostSync`, `SyncFail`', 'A18'),
      fleet: partly('those of charts, as all are Helm releases', 'L2'),
      kluctl: yes('before and after, at first or each time', 'K10'),
    },
    {
      what: 'A commit that fails comes back by itself to what was healthy',
      ours: ours.yes(
        '`sync.rollback`, in each cluster for itself',
        'test/gitops/sync.real.test.ts',
        'a commit that does not become healthy comes back by itself',
      ),
      flux: partly('Helm releases', 'F2'),
      argo: no('a person does it, with automated sync off', 'A1'),
      fleet: partly('`atomic` of Helm', 'L2'),
      kluctl: notFound,
    },
    {
      what: 'An older revision by one command',
      ours: ours.no('revert the commit', GUIDE),
      flux: notFound,
      argo: yes('`argocd app rollback`, with automated sync off', 'A19', 'A1'),
      fleet: partly('`revision` of the GitRepo', 'L1'),
      kluctl: notFound,
    },
    {
      what: 'Argo Rollouts: their health, promote and abort',
      ours: ours.yes(
        'a canary that fails takes its commit back',
        'test/gitops/rollouts.real.test.ts',
        'a canary that stands still is no failure',
      ),
      flux: partly('Flagger is its own controller for that; others by CEL', 'F6', 'F1'),
      argo: yes('', 'A3', 'A22'),
      fleet: notFound,
      kluctl: notFound,
    },
  ],
};

export const clusters: Part = {
  title: 'Many clusters',
  rows: [
    {
      what: 'One controller, many clusters',
      ours: ours.yes(
        'kubeconfigs in Secrets; one that is away holds up no other',
        'test/gitops/clusters.real.test.ts',
        'with one API server paused the other has the commit',
      ),
      flux: yes('a kubeconfig, or the identity of a workload', 'F1'),
      argo: yes('', 'A17'),
      fleet: yes('', 'L10'),
      kluctl: yes('a kubeconfig', 'K1'),
    },
    {
      what: 'Clusters are chosen by their labels',
      ours: ours.yes(
        '',
        'gitops/sync/many-clusters.test.ts',
        'a cluster that is selected later gets the commit',
      ),
      flux: no('one cluster for a Kustomization', 'F1'),
      argo: yes('`ApplicationSet`', 'A17'),
      fleet: yes('and groups of clusters', 'L2'),
      kluctl: no('one target for a KluctlDeployment', 'K1'),
    },
    {
      what: 'Clusters that nobody can reach from outside pull for themselves',
      ours: ours.partly('a controller in each of them', LEFT_OUT),
      flux: partly('Flux in each of them', 'F6'),
      argo: partly('by the Argo CD Agent', 'A23'),
      fleet: yes('its agents pull', 'L10'),
      kluctl: partly('its controller in each of them', 'K2'),
    },
    {
      what: 'A commit goes from wave to wave of clusters',
      ours: ours.yes(
        'each healthy for as long as it says',
        'gitops/sync/many-clusters.test.ts',
        'a wave is to be healthy for as long as it says',
      ),
      flux: notFound,
      argo: yes('beta; automated sync is off then', 'A3'),
      fleet: yes('partitions; without a delay', 'L3'),
      kluctl: notFound,
    },
    {
      what: 'What Prometheus answers decides whether the next wave gets it',
      ours: ours.yes(
        'no answer is no yes',
        'gitops/sync/gates.test.ts',
        'the next wave gets a commit when the gate of the one before is open',
      ),
      flux: notFound,
      argo: no('"only interacts with the health" of Applications', 'A3'),
      fleet: no('the readiness of what is in the clusters', 'L3'),
      kluctl: notFound,
    },
  ],
};

export const tenants: Part = {
  title: 'Tenants and secrets',
  rows: [
    {
      what: 'It acts as an account of the tenant',
      ours: ours.yes(
        'the chart refuses those that name none',
        'test/gitops/sync.real.test.ts',
        'an Application that names an account can do what that account may',
      ),
      flux: yes('a default for those that name none', 'F9'),
      argo: partly('beta, off by default', 'A4'),
      fleet: partly('an account of its own namespace in each cluster', 'L1', 'L14'),
      kluctl: yes('a default for those that name none', 'K1', 'K8'),
    },
    {
      what: 'Rules for which repositories, clusters and kinds a tenant may use',
      ours: ours.yes(
        'clusters and kinds by RBAC, accounts and repositories by an admission policy',
        'gitops/api/application.real.test.ts',
        'of several teams nobody acts as an account that is not theirs',
      ),
      flux: partly('RBAC, and nothing of other namespaces', 'F9'),
      argo: yes('`AppProject`', 'A12'),
      fleet: yes('`GitRepoRestriction`', 'L14'),
      kluctl: notFound,
    },
    {
      what: 'Encrypted secrets in the repository (SOPS)',
      ours: ours.no('', LEFT_OUT),
      flux: yes('age, PGP and services of clouds', 'F1'),
      argo: no('"un-opinionated": a list of other projects', 'A5'),
      fleet: no('told to refer to secrets of the cluster', 'L15'),
      kluctl: yes('as Flux has it', 'K1'),
    },
    {
      what: 'New images are written to the repository',
      ours: ours.no('', LEFT_OUT),
      flux: yes('two controllers more', 'F12'),
      argo: partly('by a project of its own', 'A21'),
      fleet: partly('experimental', 'L6'),
      kluctl: notFound,
    },
  ],
};

export const running: Part = {
  title: 'Running it',
  rows: [
    {
      what: 'Several replicas, and what a former leader still sends is refused',
      ours: ours.yes(
        'a policy of the API server; its own writes alone',
        'test/gitops/controller-chart.real.test.ts',
        'also when the leader is killed',
      ),
      flux: partly('a leader is elected', 'F10'),
      argo: partly('replicas share the clusters; Redis in its own HA mode', 'A6'),
      fleet: partly('a leader is elected; one replica by default', 'L18'),
      kluctl: partly('a leader is elected', 'K8'),
    },
    {
      what: 'Work is shared by several instances',
      ours: ours.no('one leads; a controller for each namespace is possible', GUIDE),
      flux: yes('by a label', 'F11'),
      argo: yes('by cluster', 'A6'),
      fleet: yes('by a label', 'L12'),
      kluctl: notFound,
    },
    {
      what: 'A page to look at, with a sign-in',
      ours: ours.partly(
        'reads alone, off by default, no sign-in: by `kubectl port-forward`',
        'test/gitops/page.real.test.ts',
        'by keyboard alone one comes to an Application',
      ),
      flux: partly('none of its own; that of the Flux Operator', 'F5', 'F15'),
      argo: yes('and acts; OIDC, SAML, LDAP', 'A20'),
      fleet: partly('that of Rancher', 'L7'),
      kluctl: yes('"early stage"; OIDC', 'K6', 'K7'),
    },
    {
      what: 'Notifications: chat, mail, status of a commit',
      ours: ours.no('events, conditions and metrics', LEFT_OUT),
      flux: yes('', 'F8'),
      argo: yes('', 'A15'),
      fleet: no('events of Kubernetes', 'L7'),
      kluctl: notFound,
    },
    {
      what: 'Metrics for Prometheus',
      ours: ours.yes(
        'and a dashboard',
        'test/gitops/controller-chart.test.ts',
        'the dashboard asks for metrics that the controller has',
      ),
      flux: yes('', 'F5'),
      argo: yes('', 'A20'),
      fleet: yes('', 'L7'),
      kluctl: yes('', 'K12'),
    },
    {
      what: 'What it takes is published',
      ours: ours.partly('one Application, ten clusters: see there', 'docs/evidence/gitops-times.md'),
      flux: yes('1,000 Kustomizations: 4 min 16 s, 175 MiB', 'F14'),
      argo: notFound,
      fleet: notFound,
      kluctl: notFound,
    },
  ],
};
