/** What was read of the documentation of others, as it was on the day: a file at a commit stays as it was. */
export interface Source {
  readonly title: string;
  readonly address: string;
  /** Which version of it. */
  readonly version: string;
}

const github = (title: string, repository: string, commit: string, file: string): Source => ({
  title,
  address: `https://github.com/${repository}/blob/${commit}/${file}`,
  version: `${repository} at ${commit.slice(0, 10)}`,
});

const flux = (title: string, commit: string, page: string) =>
  github(title, 'fluxcd/website', commit, `content/en/flux/${page}.md`);
const argo = (title: string, commit: string, page: string) =>
  github(title, 'argoproj/argo-cd', commit, `docs/${page}.md`);
const fleet = (title: string, commit: string, page: string) =>
  github(title, 'rancher/fleet-docs', commit, `docs/${page}`);
const kluctl = (title: string, commit: string, page: string) =>
  github(title, 'kluctl/kluctl', commit, `docs/${page}.md`);
/** Most of kluctl's pages were last changed by the same commit. */
const OF_KLUCTL = '02929da3e1d2f51ad0084cd08e5534be08cae5b3';

const read = {
  F1: github(
    'Kustomizations',
    'fluxcd/kustomize-controller',
    '00852088b3ed97caf30460b246e56b9adbcd297c',
    'docs/spec/v1/kustomizations.md',
  ),
  F2: github(
    'Helm releases',
    'fluxcd/helm-controller',
    '04ab6f1a91831afdb469a3d67dabf365625d2635',
    'docs/spec/v2/helmreleases.md',
  ),
  F3: github(
    'Git repositories',
    'fluxcd/source-controller',
    '0085ea0d54b542db27bc9ad7d56bf0c050dba727',
    'docs/spec/v1/gitrepositories.md',
  ),
  F4: github(
    'Artifact generators',
    'fluxcd/source-watcher',
    '11723542bd50fe9d4c2f85e3903ea6a13664655a',
    'docs/spec/v1beta1/artifactgenerators.md',
  ),
  F5: flux('Questions', '89c4444fea6da7c6722f821edda80a812828e88a', 'faq'),
  F6: flux('Concepts', '0ccd7cc62e6e9c1e0f345d289bf68255068050d5', 'concepts'),
  F7: flux('Webhook receivers', '34cb1731506775c5a9faf5afe559d9b4bf43212b', 'guides/webhook-receivers'),
  F8: flux('Alerts', '25f6cf9d65ced23b46f665792a914331b7d5126b', 'monitoring/alerts'),
  F9: flux(
    'Multi-tenancy',
    '073250a56abae5cefb5f5f9c8dd0a9b9d10347c0',
    'installation/configuration/multitenancy',
  ),
  F10: flux(
    'Options of kustomize-controller',
    '94d285abe5bc2c46dfcd50f944b009dac0bd68e5',
    'components/kustomize/options',
  ),
  F11: flux('Sharding', '1cdc1a9dc4cd9784a97f7d3af4a791fdd7d6f991', 'installation/configuration/sharding'),
  F12: flux('Image updates', '113b2a92cc71c645d8556a258ab934a33b7de342', 'guides/image-update'),
  F13: {
    title: 'flux diff kustomization',
    address: 'https://fluxcd.io/docs/cmd/flux_diff_kustomization',
    version: 'the current page, read 2026-11',
  },
  F14: github('Benchmark', 'fluxcd/flux-benchmark', '044015c7d63611dda32d2872f1ebfc913fce0e77', 'RESULTS.md'),
  F15: {
    title: 'Flux Operator: who may see its page',
    address: 'https://fluxoperator.dev/docs/web-ui/user-management/',
    version: 'the current page, read 2026-11',
  },
  F16: github(
    'Flux Operator: environments of pull requests',
    'controlplaneio-fluxcd/flux-operator',
    'a26dbbf1f47c1bb2d5d54fe56a4135eddaa859de',
    'docs/guides/resourcesets/rset-github-pull-requests.md',
  ),
  F17: github(
    'Flux Operator: delivery by the clock',
    'controlplaneio-fluxcd/flux-operator',
    'c12727e05fd4a50cb7d7c8b7a32b3ba671ccd64b',
    'docs/guides/resourcesets/rset-time-based-delivery.md',
  ),
  A1: argo('Automated sync', '0444e4b995ebee05be046d983a164e063dfed2b5', 'user-guide/auto_sync'),
  A2: argo('Sync options', '03070f7a95f8bcf4fbfc23f9763d1a8de5accce8', 'user-guide/sync-options'),
  A3: argo(
    'Progressive syncs',
    '027f4cc1de139755e22b3afcb77fd15286b33722',
    'operator-manual/applicationset/Progressive-Syncs',
  ),
  A4: {
    title: 'Sync by impersonation',
    address: 'https://argo-cd.readthedocs.io/en/latest/operator-manual/app-sync-using-impersonation/',
    version: 'latest, read 2026-11: "beta since v3.5.0"',
  },
  A5: argo('Secrets', '00390003bdd3d40ce72eb7292de93b402f789249', 'operator-manual/secret-management'),
  A6: argo(
    'High availability',
    '00afa919cd56726778bfb5ad4b07a3964617e1d7',
    'operator-manual/high_availability',
  ),
  A7: argo(
    'Config management plugins',
    '02a4af07df7530b149099596e5a11158a8206447',
    'operator-manual/config-management-plugins',
  ),
  A8: argo('OCI', '0980214578e842de0b5de8338a497e5331180bc0', 'user-guide/oci'),
  A9: argo('Sync windows', '08e1fc9c3835e4c922cd0643476fad6a2d114b70', 'user-guide/sync_windows'),
  A10: argo('Webhooks', '03fd7573ce132b1cfd7d8c4a6e0bcb874e20b3df', 'operator-manual/webhook'),
  A11: argo(
    'argocd app diff',
    '001cf969d1f429ad9819464da1817fff502b6c04',
    'user-guide/commands/argocd_app_diff',
  ),
  A12: argo('Projects', '02a4af07df7530b149099596e5a11158a8206447', 'user-guide/projects'),
  A13: argo('Signed commits', '27ca0f87cfd06575ed10ae165a1f094dfb42b19f', 'user-guide/gpg-verification'),
  A14: argo('Sync waves', '015ba5e7751492c3d34b4848a4e355277a158553', 'user-guide/sync-waves'),
  A15: argo(
    'Notifications',
    '09762a2d72d37831e532d7c8182d2e2293ea5baa',
    'operator-manual/notifications/index',
  ),
  A16: argo(
    'Generator of pull requests',
    '00066ac5f224bd07b892083da18e271ae59e3529',
    'operator-manual/applicationset/Generators-Pull-Request',
  ),
  A17: argo(
    'Generator of clusters',
    '174832a81f48993a2c51961775d57eb34ff23c26',
    'operator-manual/applicationset/Generators-Cluster',
  ),
  A18: argo('Hooks', '023865ed2510be4a0b4ae80f6e4d220db359dc6d', 'user-guide/resource_hooks'),
  A19: argo(
    'argocd app rollback',
    '0d18ca8dc2baba0c0402a3a5ae5280e30f13dbb3',
    'user-guide/commands/argocd_app_rollback',
  ),
  A20: argo('Overview', '0ff7e141ce38249a0e60d77cf8cc19e1b8c958a2', 'index'),
  A21: github(
    'Argo CD Image Updater',
    'argoproj-labs/argocd-image-updater',
    '664b105366f253643d55855caec5e3ad151cc73c',
    'docs/index.md',
  ),
  A22: {
    title: 'Resource actions',
    address: 'https://argo-cd.readthedocs.io/en/latest/operator-manual/resource_actions/',
    version: 'latest, read 2026-11',
  },
  A23: {
    title: 'Argo CD Agent',
    address:
      'https://docs.redhat.com/en/documentation/red_hat_openshift_gitops/1.20/html/argo_cd_agent_architecture/argocd-agent-architecture',
    version: 'Red Hat OpenShift GitOps 1.20',
  },
  A24: {
    title: 'Resource health',
    address: 'https://argo-cd.readthedocs.io/en/release-3.5/operator-manual/health/',
    version: 'release 3.5',
  },
  L1: fleet('GitRepo', '0053ea4a7d3795bc3501c48adff3683b90fac34e', 'ref-gitrepo.md'),
  L2: fleet('fleet.yaml', '2b219808a146fcb3e59d603ee646f2f22615919f', 'ref-fleet-yaml.md'),
  L3: fleet('Rollout', '18f6a6486f2df0beb567fe29fa4902908d474391', 'rollout.md'),
  L4: fleet('Content of a repository', '0481221a8ba8c160eafed3e525b85581ca567fa5', 'gitrepo-content.md'),
  L6: fleet('Image scans', '3eaf241c9d4bcfc09af366ea59757bd3a544c9e6', 'imagescan.md'),
  L7: fleet('Observability', '0aaf1dc1b151ce8cb6109c91192e9f197ab689f7', 'observability.md'),
  L8: fleet('Scheduling', '0d56fd06189e4f47e13e4c894ec75e60d10010e2', 'scheduling.md'),
  L9: fleet('Webhooks', '17b8b01193dfe389fff830879faa4586ff81d3af', 'webhook.md'),
  L10: fleet('Architecture', '34d908e29b0390ae8da106c0ac75b22e64a1d165', 'architecture.md'),
  L11: fleet('fleet deploy', 'ba45d12c8993f3c52795493e90910416348a9b17', 'cli/fleet-cli/fleet_deploy.md'),
  L12: fleet('Configuration', '0fe34bef9ee969fd36db8204ec0bd38b2cdaabf9', 'ref-configuration.md'),
  L13: fleet('Status', '1acaecbca8e98119c6f3db6ef5abe17f58772059', 'ref-status-fields.md'),
  L14: fleet('Namespaces', '0d64d7f48c5e7227d6af5a98931475d5cd9754e4', 'namespaces.md'),
  L15: fleet('Adding a repository', '0303d68953b1a2e9602b95cb74fc870150eb094c', 'gitrepo-add.md'),
  L16: fleet('HelmOps', '1339dfba54e51f3e8bbb338463bd92c9e6f02359', 'helm-ops.md'),
  L17: fleet(
    'Definition of GitRepo',
    '4fb1a7f326fc9ae59c9832cf1d57c2419f432800',
    'crds/gitrepo_v1alpha1.json',
  ),
  L18: github(
    'Values of the chart, 0.13.4',
    'rancher/fleet',
    '1afacde681d6df453700f3637d07b4ed7b688782',
    'charts/fleet/values.yaml',
  ),
  K1: kluctl(
    'KluctlDeployment',
    '0c7675024fab1a6d69de2b823934eeb9618e10a2',
    'gitops/spec/v1beta1/kluctldeployment',
  ),
  K2: kluctl('GitOps', OF_KLUCTL, 'gitops/README'),
  K3: kluctl('Targets', OF_KLUCTL, 'kluctl/kluctl-project/targets/README'),
  K4: kluctl(
    'Annotations',
    '0812479d65c3c97837eb7644090f08754209db18',
    'kluctl/deployments/annotations/all-resources',
  ),
  K5: kluctl('deployment.yaml', OF_KLUCTL, 'kluctl/deployments/deployment-yml'),
  K6: kluctl('Its page', '5910866f30438fbff0b909f284e89bd67a5fd73c', 'webui/README'),
  K7: kluctl('Who may see its page', OF_KLUCTL, 'webui/installation'),
  K8: kluctl('kluctl controller run', OF_KLUCTL, 'kluctl/commands/controller-run'),
  K9: kluctl('kluctl gitops diff', OF_KLUCTL, 'kluctl/commands/gitops-diff'),
  K10: kluctl('Hooks', '45e51326b826cc6b6aa431fa3471556a9898a514', 'kluctl/deployments/hooks'),
  K11: kluctl('Helm', '10aba3248ff35cd59c29a48856bb7871f974fdd9', 'kluctl/deployments/helm'),
  K12: kluctl(
    'Metrics',
    '7666d5c361b5b5468180b2558ae13ee79129f582',
    'gitops/metrics/v1beta1/kluctldeployment_controller',
  ),
  K13: kluctl('kluctl prune', '10aba3248ff35cd59c29a48856bb7871f974fdd9', 'kluctl/commands/prune'),
};

export type Mark = keyof typeof read;
export const sources: Readonly<Record<Mark, Source>> = read;
