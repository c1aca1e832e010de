import { anything, flag, list, object, oneOf, text, type ValueOf } from './schema';

const PATH = '^[A-Za-z0-9_][A-Za-z0-9_.+@ -]*(/[A-Za-z0-9_][A-Za-z0-9_.+@ -]*)*$';

const fileOf = (doc: string) =>
  text(doc, {
    ...{ maxLength: 512, minLength: 1, pattern: PATH },
    rules: [
      {
        rule: "!self.split('/').exists(part, part == '..' || part == '.')",
        message: 'name a path below `source.path`, without `.` and `..`',
      },
    ],
  });

const valuesFrom = object('Values that are in the cluster.', {
  required: {
    kind: oneOf('What they are in.', ['ConfigMap', 'Secret']),
    name: text('Its name, in the namespace of the Application.', {
      ...{ maxLength: 253, minLength: 1, pattern: '^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$' },
    }),
  },
  optional: {
    key: text('The key whose text is a file of values.', {
      ...{ maxLength: 253, minLength: 1, pattern: '^[A-Za-z0-9._-]+$', default: 'values.yaml' },
    }),
    optional: flag('It may be missing: then there are no values of it.', { default: false }),
  },
});

const helm = object(
  'The folder is a Helm chart, whose dependencies are in its `charts/`. Its tests are left out, its hooks run in their place. `lookup` gives nothing.',
  {
    required: {},
    optional: {
      releaseName: text('What `.Release.Name` is. Without it: the name of the Application.', {
        ...{ maxLength: 53, minLength: 1, pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$' },
      }),
      valueFiles: list(
        'Files of values in the folder, besides `values.yaml`; a later one wins.',
        fileOf('From the folder of the chart, such as `values-production.yaml`.'),
        { maxItems: 16 },
      ),
      valuesFrom: list(
        'Values from the cluster, which win over those of files; read in the name of `serviceAccount`.',
        valuesFrom,
        { maxItems: 16 },
      ),
      values: anything('Values, which win over all others.'),
      kubeVersion: text('What `.Capabilities.KubeVersion` is. Without it: what helm was built for.', {
        ...{ maxLength: 32, pattern: '^v?[0-9]+[.][0-9]+([.][0-9]+)?$' },
      }),
    },
  },
);

const kustomize = object(
  'The folder has a kustomization. Nothing is fetched for it, and it has no plugins, generators and transformers of its own.',
  {
    required: {},
    optional: {
      path: fileOf(
        'Where the kustomization is, from `source.path`, which has all of its bases. Without it: there.',
      ),
    },
  },
);

const cdk8s = object(
  'The folder has a program that writes manifests, such as one of cdk8s. It runs in a sandbox without a network and without rights, where the controller is set up for that.',
  {
    required: {
      image: text('The image that has Node and all that the program needs; nothing is installed for it.', {
        ...{ maxLength: 512, minLength: 1, pattern: '^[a-zA-Z0-9][a-zA-Z0-9._:/@-]*$' },
      }),
    },
    optional: {
      command: list(
        'Program and arguments, in the folder. Without it: `app` of `cdk8s.yaml`.',
        text('One of them.', { maxLength: 4096 }),
        { maxItems: 64, minItems: 1 },
      ),
      values: anything(
        'Values for the charts of the program (`HelmChart`), as `drydock synth --values` gives them.',
      ),
      output: fileOf(
        'Where it writes manifests. Without it: where `CDK8S_OUTDIR` says, which cdk8s follows.',
      ),
    },
  },
);

/** How objects come from what is in the folder. */
export const render = object(
  'How objects come from what is in the folder. Without it: it has YAML and JSON files of objects.',
  { required: {}, optional: { helm, kustomize, cdk8s } },
  {
    rules: [
      {
        rule: '[has(self.helm), has(self.kustomize), has(self.cdk8s)].filter(one, one).size() == 1',
        message: 'name one way to render: `helm`, `kustomize` or `cdk8s`',
      },
    ],
  },
);

export type Render = ValueOf<typeof render>;
export type HelmRender = ValueOf<typeof helm>;
export type ValuesFrom = ValueOf<typeof valuesFrom>;
export type KustomizeRender = ValueOf<typeof kustomize>;
export type ProgramRender = ValueOf<typeof cdk8s>;
