/** What people know from podinfo's chart, beside our smallest one; read from both charts by hand, so it names the version. */
export const BESIDE_PODINFO = `
## What an operator can set: podinfo and \`hello\`

Read from \`charts/podinfo/values.yaml\` of stefanprodan/podinfo at 00e8423 (image 6.9.1), and from the chart \`hello\` as \`make synth\`
writes it. A dash means that there is no such value.

| point | podinfo | hello |
|---|---|---|
| pods | \`replicaCount\` | \`replicas\` |
| image | \`repository\`, \`tag\`, \`pullPolicy\` | the same, and \`digest\` |
| pull secrets | \`serviceAccount.imagePullSecrets\` | \`imagePullSecrets\` |
| CPU and memory | \`resources\`, as Kubernetes has it; no limit by default | \`resources.cpu\`, \`cpuLimit\`, \`memory\`, \`ephemeralStorage\`; memory and disk are limited |
| autoscaling | \`hpa\`: CPU, memory, requests | \`autoscaling\`: CPU |
| placement | \`nodeSelector\`, \`tolerations\`, \`affinity\`, \`topologySpreadConstraints\` | the first three; the pods are spread by the construct |
| pod annotations | \`podAnnotations\` | \`podAnnotations\` |
| probe timing | \`probes\`; startup off | \`probes\`; startup on |
| Ingress | \`ingress\`: several hosts, off | \`ingress\`: one host, with TLS, on |
| disruption budget | \`podDisruptionBudget\`, empty | made by the construct |
| network policy | \`networkPolicies.enabled\`, off | always there; the controller that may call is a value |
| security contexts | \`securityContext\`, \`podSecurityContext\`, empty | "restricted" by default, loosened in the program alone |
| more arguments and variables | \`extraArgs\`, \`extraEnvs\` | - |
| metrics | \`serviceMonitor\`, off | - |
`;
