import type { Construct } from 'constructs';
import {
  apiServerValues,
  ConfigBundle,
  HelmTest,
  Peer,
  SandboxTemplate,
  SecureService,
  serviceProps,
  serviceValues,
  TEMPLATE_KEY,
} from '../../constructs';
import { type Expression, joinTexts, text } from '../../core/template';
import { HelmChart, release } from '../../core/tree';
import { defineValues, value } from '../../core/values';
import { asking } from '../asking';
import { modelValues, outside, outsideValues } from '../outside';
import { production } from './production';
import { ciFixerSandbox } from './sandbox';
import { ciFixerMetadata, sandboxValues } from './values';

/** The port that CI-fixer listens on; its Service has 3000. */
const PORT = 3001;
const CONFIG_FOLDER = '/etc/ci-fixer';
/** Beside the template. */
const CERTIFICATES = `${CONFIG_FOLDER}/ca.crt`;
/** Where it keeps its runs. */
const STATE_FOLDER = '/var/lib/ci-fixer';

/**
 * The values of the chart that runs CI-fixer.
 *
 * @example
 * // A chart of your own that has it as a subchart.
 * const values = defineValues({ inner: value.subchart(ciFixerValues) });
 */
export const ciFixerValues = defineValues({
  ...serviceValues({
    image: { repository: 'ci-fixer', tag: '1.0.0', tagDoc: 'Tag of the image, {version}-{git-sha}' },
    resources: 'medium',
  }),
  apiServer: apiServerValues(),
  testImage: value.image({
    default: 'docker.io/library/busybox:1.37.0',
    doc: 'An image with wget and timeout, which `helm test` asks CI-fixer with',
  }),
  logLevel: value.oneOf(['debug', 'info', 'warn', 'error'], {
    default: 'info',
    doc: 'How much CI-fixer logs',
  }),
  credentials: value.secret({
    doc: 'What CI-fixer asks a model with, and who may ask CI-fixer',
    keys: {
      LLM_API_KEY: 'Key for the model',
      TENANTS: 'Who may ask: NAME:KEY, each key of 16 characters or more, with commas or blanks between',
    },
  }),
  model: modelValues({ url: 'LLM_BASE_URL', name: 'LLM_MODEL' }),
  gitAllowed: value.list(
    value.string({
      pattern: '^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~-]+)*/$',
      doc: 'A folder of a server, with a slash at its end',
    }),
    {
      default: [],
      maxItems: 50,
      doc: 'What git may fetch repositories from: by https through CI-fixer, by http where the network of the sandboxes lets it (GIT_ALLOWED)',
    },
  ),
  gitServer: {
    ...outsideValues(443, 'the git servers of gitAllowed'),
    certificates: value.dnsName({
      optional: true,
      doc: 'Name of a ConfigMap whose ca.crt is trusted too: the authority of a git server, or of a model, of your own',
    }),
  },
  app: {
    serviceAccount: value.dnsName({
      default: 'ci-fixer-app',
      doc: 'The account of this release, which ci-fixer-admin lets make sandboxes (app.serviceAccount there)',
    }),
  },
  pool: {
    warm: value.integer({
      default: 0,
      min: 0,
      max: 100,
      doc: 'Sandboxes that CI-fixer keeps started, so that a run begins in milliseconds; each takes of the quota of ci-fixer-admin what a sandbox takes (SANDBOXES_WARM)',
    }),
    image: value.image({
      default: 'ci-fixer-sandbox:1.0.0',
      doc: 'The image that they have; runs with another one start their own (SANDBOXES_WARM_IMAGE)',
    }),
  },
  state: {
    claim: value.dnsName({
      optional: true,
      doc: 'Name of a PersistentVolumeClaim that runs are kept in; without it they are kept as long as their pod is there',
    }),
  },
  clients: {
    namespace: value.dnsName({
      optional: true,
      doc: 'Namespace whose pods may call CI-fixer; without it, only kubectl port-forward reaches it',
    }),
  },
  sandbox: sandboxValues,
});

/**
 * CI-fixer itself, in one namespace and without rights in the cluster: those come from the chart `ci-fixer-admin`.
 *
 * @example
 * new CiFixerChart(app);
 * app.synth();
 */
export class CiFixerChart extends HelmChart<typeof ciFixerValues> {
  constructor(scope: Construct, id = 'ci-fixer') {
    const values = ciFixerValues;
    super(scope, id, {
      ...ciFixerMetadata,
      description: 'CI-fixer: analyses failed builds and tries fixes in sandboxes',
      values,
      environments: {
        prod: {
          image: { repository: 'registry.example.com/ci-fixer/app' },
          credentials: { existingSecret: 'ci-fixer-credentials' },
          sandbox: production.sandbox,
        },
      },
      // Its account is called after the release, and strangers make up a name for that.
      trials: { default: { fullnameOverride: 'ci-fixer' } },
    });
    this.assert(
      release.namespace.notEquals(values.sandbox.namespace),
      'Install CI-fixer into another namespace than sandbox.namespace: sandboxes must not run beside its Secrets.',
    );
    this.assert(
      (this.nameFor('app') as Expression<string>).equals(values.app.serviceAccount),
      'The account of this release is called after it, and app.serviceAccount names another one, which ci-fixer-admin would bind instead. Install the release as ci-fixer, set fullnameOverride to ci-fixer, or set app.serviceAccount to the name of the account in both charts.',
    );
    const template = new SandboxTemplate(this, 'sandbox', { sandbox: ciFixerSandbox(values) });
    const labels = { app: 'ci-fixer' };
    const { claim } = values.state;
    const { certificates, ...gitServer } = values.gitServer;
    const config = new ConfigBundle(this, 'config', {
      labels,
      config: {
        LOG_LEVEL: values.logLevel,
        LLM_BASE_URL: values.model.url,
        LLM_MODEL: values.model.name,
        GIT_ALLOWED: joinTexts(values.gitAllowed, ','),
        SANDBOX_NAMESPACE: values.sandbox.namespace,
        SANDBOX_TEMPLATE: `${CONFIG_FOLDER}/${TEMPLATE_KEY}`,
        SANDBOXES_WARM: text`${values.pool.warm}`,
        SANDBOXES_WARM_IMAGE: values.pool.image,
      },
      secrets: {
        LLM_API_KEY: values.credentials.key('LLM_API_KEY'),
        TENANTS: values.credentials.key('TENANTS'),
      },
    });
    const app = new SecureService(this, 'app', {
      ...serviceProps(values),
      port: PORT,
      servicePort: 3000,
      labels,
      writable: ['/tmp'],
      env: {
        PORT: String(PORT),
        STATE_FOLDER,
        NODE_EXTRA_CA_CERTS: certificates.isSet.then(CERTIFICATES),
        ...config.env('LOG_LEVEL', 'SANDBOX_NAMESPACE', 'SANDBOX_TEMPLATE', 'LLM_API_KEY', 'TENANTS'),
        ...config.env('LLM_BASE_URL', 'LLM_MODEL', 'GIT_ALLOWED'),
        ...config.env('SANDBOXES_WARM', 'SANDBOXES_WARM_IMAGE'),
      },
      volumes: [
        {
          name: 'given',
          projected: {
            sources: [
              { configMap: { name: template.configMapName } },
              certificates.isSet.then({
                configMap: {
                  name: certificates as Expression<string>,
                  items: [{ key: 'ca.crt', path: 'ca.crt' }],
                },
              }),
            ],
          },
        },
        {
          name: 'state',
          emptyDir: claim.isSet.not().then({ sizeLimit: '512Mi' }),
          persistentVolumeClaim: claim.isSet.then({ claimName: claim as Expression<string> }),
        },
      ],
      volumeMounts: [
        { name: 'given', mountPath: CONFIG_FOLDER, readOnly: true },
        { name: 'state', mountPath: STATE_FOLDER },
      ],
      allowFrom: [
        Peer.namespace(values.clients.namespace as Expression<string>, {
          port: PORT,
          enabled: values.clients.namespace.isSet,
        }),
      ],
      allowTo: [
        outside(values.model),
        // Git fetches through this program, so the way to the servers is its own.
        { ...outside(gitServer), enabled: values.gitAllowed.isEmpty.not() },
      ],
      // It makes Jobs: the one program here that talks to the API server.
      serviceAccountToken: true,
      allowApiServer: values.apiServer,
    });
    new HelmTest(this, 'answers', {
      image: values.testImage,
      command: asking(text`${app.url}/health`),
      dns: values.dns,
      allowTo: [app],
    });
  }
}
