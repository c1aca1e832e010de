const NO_NAMESPACE =
  'Manifests and charts name no namespace: it is chosen when they are applied (`kubectl -n`, `helm -n`).';
const NO_CPU_LIMIT = 'A CPU limit slows a service down on an idle node. Memory is limited, CPU is requested.';
const UID_OF_THE_PLAN =
  'The services of the todo stack run as uid and gid 1000, as its specification has it; `global.user` changes it, and 10001 is the default of the constructs.';

/** Why a finding stays, by the rule. */
export const REASONS: Readonly<Record<string, string>> = {
  CKV_K8S_21: NO_NAMESPACE,
  CKV_K8S_11: NO_CPU_LIMIT,
  CKV_K8S_43:
    'Images of an example are built by their reader. A tag that does not move is asked for; a digest may be given.',
  CKV_K8S_38:
    'Only the pods that call the API server mount a token: CI-fixer makes sandboxes, the gate asks whether admission is in force.',
  CKV_K8S_35: 'The programs read environment variables. The values come from Secrets and are in no manifest.',
  CKV_K8S_15: 'Tags do not move here, and a node must be able to start pods without the registry.',
  CKV_K8S_40: UID_OF_THE_PLAN,
  KSV011: NO_CPU_LIMIT,
  KSV020: UID_OF_THE_PLAN,
  KSV021: UID_OF_THE_PLAN,
  KSV048:
    'Whether to make pods and Jobs is what these roles are about: CI-fixer makes sandboxes, in a namespace that holds nothing else, under an admission policy.',
  KSV053:
    'Commands run in a sandbox by exec. The role is of the namespace of the sandboxes alone, and the policy closes what a pod there may be.',
  KSV110: NO_NAMESPACE,
  'ct lint: indentation':
    'The finding of yamllint about `indentation` in values.yaml, which chart-testing counts as an error; all else of `ct lint` passes.',
  indentation:
    'A group whose values are all commented out is `{ }` around them; its closing brace is indented, so that strict readers take it too.',
};
