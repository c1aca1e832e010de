import { GUIDE, LEFT_OUT, no, notFound, ours, type Part, partly, yes } from './cell';

export const sourcesAndRendering: Part = {
  title: 'Sources and rendering',
  rows: [
    {
      what: 'Jujutsu: bookmarks, change ids in the status, commits with conflicts refused',
      ours: ours.yes(
        'by the Git remote, without the jj program',
        'gitops/source/jj.real.test.ts',
        'a change that is written anew is another commit',
      ),
      flux: no('sources are Git, OCI, buckets and external artifacts', 'F1'),
      argo: no('sources are Git, Helm and OCI', 'A7'),
      fleet: no('sources are Git and chart repositories', 'L1', 'L16'),
      kluctl: no('sources are Git and OCI', 'K1'),
    },
    {
      what: 'OCI artifacts as a source',
      ours: ours.no('a repository alone', LEFT_OUT),
      flux: yes('`OCIRepository`', 'F1'),
      argo: yes('`oci://`', 'A8'),
      fleet: partly('charts', 'L16'),
      kluctl: yes('what `kluctl oci push` has pushed', 'K1'),
    },
    {
      what: 'Charts from a chart repository',
      ours: ours.no('a chart lies in the folder, with its dependencies', GUIDE),
      flux: yes('`HelmRelease`', 'F2', 'F5'),
      argo: yes('', 'A8'),
      fleet: yes('', 'L2'),
      kluctl: yes('pulled before or while it deploys', 'K11'),
    },
    {
      what: 'A push of the forge is seen at once',
      ours: ours.yes(
        'by any replica; signatures of GitHub, GitLab and Gitea',
        'test/gitops/push.real.test.ts',
        'a push that is told to any replica is in the cluster',
      ),
      flux: yes('a `Receiver` for each', 'F7'),
      argo: yes('', 'A10'),
      fleet: yes('', 'L9'),
      kluctl: notFound,
    },
    {
      what: 'A commit of a monorepo renders only what it touches',
      ours: ours.yes(
        'by the id of the folder, without settings',
        'gitops/source/monorepo.real.test.ts',
        '1,000 Applications ask once and read their own files',
      ),
      flux: partly(
        'every Kustomization of the source reconciles; an `ArtifactGenerator` cuts the repository up',
        'F5',
        'F4',
      ),
      argo: partly(
        'a commit ends the cache of all its Applications; an annotation with the paths of each',
        'A6',
      ),
      fleet: notFound,
      kluctl: partly('each is rendered, and deployed if that gives other objects', 'K2'),
    },
    {
      what: 'Signatures of commits are verified',
      ours: ours.no('who may push is the forge’s to say', LEFT_OUT),
      flux: yes('PGP, of a commit, a tag or both', 'F3'),
      argo: yes('GnuPG, for a project', 'A13'),
      fleet: notFound,
      kluctl: notFound,
    },
    {
      what: 'Plain YAML, Helm and kustomize',
      ours: ours.yes(
        '`helm template`, `kubectl kustomize`; nothing is fetched',
        'gitops/render/helm.real.test.ts',
        'a chart is rendered with values of each kind',
      ),
      flux: yes('charts are Helm releases', 'F1', 'F2'),
      argo: yes('and Jsonnet', 'A20'),
      fleet: yes('all become Helm releases', 'L2', 'L4'),
      kluctl: yes('and Jinja2; hooks of charts "best effort"', 'K5', 'K11'),
    },
    {
      what: 'A TypeScript program of the repository renders, and need not be trusted',
      ours: ours.yes(
        'in a sandbox of its own: no network, no token, bounded',
        'test/gitops/programs.real.test.ts',
        'a program that attacks reaches no network',
      ),
      flux: no('no programs in the controller’s container', 'F5'),
      argo: partly('any program by a plugin beside the repo server, which has to be trusted', 'A7'),
      fleet: no('YAML, charts and kustomizations', 'L4'),
      kluctl: no('templates of Jinja2', 'K11'),
    },
  ],
};

export const beforeItIsWritten: Part = {
  title: 'Before anything is written',
  rows: [
    {
      what: 'Rego, CEL or policies of Kyverno are asked by the controller, for each commit',
      ours: ours.yes(
        'strict, permissive or audit; exceptions with an end',
        'test/gitops/commits.real.test.ts',
        'Rego of those who run the controller stops a commit',
      ),
      flux: notFound,
      argo: notFound,
      fleet: notFound,
      kluctl: notFound,
    },
    {
      what: 'All of a commit is tried by a dry-run before any of it is written',
      ours: ours.yes(
        'on the server: admission, webhooks and quotas have their say',
        'test/gitops/commits.real.test.ts',
        'each bad commit is told, changes nothing',
      ),
      flux: yes('on the server', 'F1', 'F5'),
      argo: yes('not for kinds that come with the commit', 'A2'),
      fleet: notFound,
      kluctl: partly('where each deployment waits for a person (`manual`)', 'K1'),
    },
    {
      what: 'What a pull request would change in the cluster, nothing written',
      ours: ours.yes(
        'in each cluster, with verdicts of policies and what is requested, as a comment',
        'gitops/preview/preview-law.test.ts',
        'what it shows is what a sync then does, and it has written nothing',
      ),
      flux: yes('`flux diff kustomization` of a folder on the own disk', 'F13'),
      argo: yes('`argocd app diff --revision`; Secrets are left out', 'A11'),
      fleet: partly('`fleet deploy --dry-run` prints the objects', 'L11'),
      kluctl: yes('`kluctl gitops diff` of a folder on the own disk', 'K9'),
    },
    {
      what: 'An environment of its own for each pull request',
      ours: ours.no('an Application for each branch is yours to make', GUIDE),
      flux: partly('by the Flux Operator', 'F16'),
      argo: yes('a generator of `ApplicationSet`', 'A16'),
      fleet: notFound,
      kluctl: notFound,
    },
    {
      what: 'A person allows each commit, having seen what it changes',
      ours: ours.yes(
        '`sync.auto: false`, `drydock gitops sync`',
        'test/gitops/sync.real.test.ts',
        'an Application that is not applied by itself tells what would change',
      ),
      flux: partly('`suspend` stops everything, drift too', 'F1'),
      argo: yes('manual sync, with the difference on its page', 'A20'),
      fleet: partly('`paused` marks it as out of sync', 'L1'),
      kluctl: yes('`manual`, best with its page', 'K1'),
    },
    {
      what: 'Windows of time for changes',
      ours: ours.no('', LEFT_OUT),
      flux: partly('by the Flux Operator', 'F17'),
      argo: yes('that allow or deny', 'A9'),
      fleet: partly('experimental, for a cluster', 'L8'),
      kluctl: notFound,
    },
  ],
};
