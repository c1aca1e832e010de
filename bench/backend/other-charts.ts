/** What an operator can set, point by point; written by hand, since no program reads the meaning of a value. */
export const OTHER_CHARTS = `
## What an operator can set: podinfo, Bitnami's nginx and \`hello\`

Read from \`charts/podinfo/values.yaml\` of stefanprodan/podinfo at 00e8423 (image 6.9.1), from \`bitnami/nginx/values.yaml\` of
bitnami/charts at 00fcdc7 (image 1.29.1), and from the chart \`hello\` as \`make synth\` writes it. The first two were read in their public
repositories and not installed: Bitnami's charts come from Broadcom's registry of OCI artifacts. A dash means that there is no such value.

| point | podinfo | Bitnami nginx | hello |
|---|---|---|---|
| pods | \`replicaCount\` | \`replicaCount\` | \`replicas\` |
| image | \`repository\`, \`tag\`, \`pullPolicy\` | \`registry\`, \`repository\`, \`tag\`, \`digest\`, \`pullPolicy\`; \`global.imageRegistry\` | \`repository\`, \`tag\`, \`digest\`, \`pullPolicy\` |
| pull secrets | \`serviceAccount.imagePullSecrets\` | \`image.pullSecrets\`, \`global.imagePullSecrets\` | \`imagePullSecrets\` |
| CPU and memory | \`resources\`, as Kubernetes has it; no limit by default | \`resources\`, or \`resourcesPreset\`, "nano" by default | \`resources.cpu\`, \`cpuLimit\`, \`memory\`, \`ephemeralStorage\`; memory and disk are limited |
| autoscaling | \`hpa\`: CPU, memory, requests | \`autoscaling\`: CPU, memory | \`autoscaling\`: CPU |
| placement | \`nodeSelector\`, \`tolerations\`, \`affinity\`, \`topologySpreadConstraints\` | the same, and presets of affinity; \`podAntiAffinityPreset: soft\` by default | the first three; the pods are spread by the construct |
| pod annotations | \`podAnnotations\` | \`podAnnotations\`, \`podLabels\`; \`commonLabels\` and \`commonAnnotations\` for all objects | \`podAnnotations\` |
| probe timing | \`probes\`; startup off | a block a probe, each to be replaced as a whole; startup off | \`probes\`; startup on |
| Ingress | \`ingress\`: several hosts, off | \`ingress\`: several hosts and rules, off; without TLS by default | \`ingress\`: one host, with TLS, on |
| Service | \`service\`: type, ports, annotations | \`service\`: type \`LoadBalancer\` by default, ports, ranges, session affinity | inside the cluster; \`nodePort\` in the program |
| disruption budget | \`podDisruptionBudget\`, empty | \`pdb\`, on | made by the construct |
| network policy | \`networkPolicies.enabled\`, off | \`networkPolicy\`, on; lets everything in to its ports and everything out by default | always there; the controller that may call is a value |
| security contexts | \`securityContext\`, \`podSecurityContext\`, empty | both, "restricted" by default, uid 1001; each field a value | "restricted" by default, uid 10001, loosened in the program alone |
| more arguments and variables | \`extraArgs\`, \`extraEnvs\` | \`args\`, \`command\`, \`extraEnvVars\`, from a ConfigMap and a Secret too | - |
| more containers, volumes and objects | - | \`sidecars\`, \`initContainers\`, \`extraVolumes\`, \`extraDeploy\` | in the program |
| metrics | \`serviceMonitor\`, off | \`metrics\`: exporter, ServiceMonitor, rules, off | - |
| schema of the values | - | types, of a few values (its schema was read at 242d736) | every value, with pattern and bounds; others are refused |
`;
