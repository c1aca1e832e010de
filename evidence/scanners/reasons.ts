/** Why a finding stays, by the rule. */
export const REASONS: Readonly<Record<string, string>> = {
  CKV_K8S_21:
    'Manifests and charts name no namespace: it is chosen when they are applied (`kubectl -n`, `helm -n`).',
  CKV_K8S_11: 'A CPU limit slows a service down on an idle node. Memory is limited, CPU is requested.',
  CKV_K8S_43:
    'Images of an example are built by their reader. A tag that does not move is asked for; a digest may be given.',
  CKV_K8S_38:
    'Only the pods that call the API server mount a token: CI-fixer makes sandboxes, the gate asks whether admission is in force.',
  CKV_K8S_35: 'The programs read environment variables. The values come from Secrets and are in no manifest.',
  CKV_K8S_15: 'Tags do not move here, and a node must be able to start pods without the registry.',
  CKV_K8S_40:
    'The services of the todo stack run as uid 1000, as its specification has it; `global.user` changes it, and 10001 is the default of the constructs.',
  'ct lint: indentation':
    'The finding of yamllint about `indentation` in values.yaml, which chart-testing counts as an error; all else of `ct lint` passes.',
  indentation:
    'A group whose values are all commented out is `{ }` around them; its closing brace is indented, so that strict readers take it too.',
};
