#!/bin/sh
# Prepares CI-fixer outside of its cluster, for compose.ci-fixer.yaml: a kubeconfig with the rights of its account and no others, and
# the template of its sandboxes, in FOLDER (workloads/.ci-fixer). Options go to helm: `sandbox` has to be as ci-fixer-admin has it.
#
# NAMESPACE (ci) and ACCOUNT (ci-fixer-app) are what ci-fixer-admin was given as `app`. The kubeconfig holds a token for DURATION (24h).
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
chart=$root/dist/charts/ci-fixer
namespace=${NAMESPACE:-ci}
account=${ACCOUNT:-ci-fixer-app}
folder=${FOLDER:-$root/workloads/.ci-fixer}
if [ ! -d "$chart" ]; then
  echo "No $chart: write it with \`make synth\`, then try again." >&2
  exit 1
fi
# As the chart is asked for, before anything is made anywhere.
manifests=$(helm template ci-fixer "$chart" --namespace "$namespace" --set credentials.existingSecret=of-no-use-here "$@")
kubectl get namespace "$namespace" >/dev/null 2>&1 || kubectl create namespace "$namespace" >&2
kubectl get serviceaccount "$account" --namespace "$namespace" >/dev/null 2>&1 ||
  kubectl create serviceaccount "$account" --namespace "$namespace" >&2
token=$(kubectl create token "$account" --namespace "$namespace" --duration "${DURATION:-24h}")
config=$(kubectl config view --minify --flatten --raw -o json)
mkdir -p "$folder"
MANIFESTS=$manifests TOKEN=$token CONFIG=$config node - "$root" "$folder" "$namespace" <<'PROGRAM'
const { createRequire } = require('node:module');
const { writeFileSync } = require('node:fs');
const [root, folder, namespace] = process.argv.slice(2);
const { parseAllDocuments } = createRequire(`${root}/`)('yaml');
const objects = parseAllDocuments(process.env.MANIFESTS).map((document) => document.toJS());
const template = objects.find((one) => one?.data?.['template.json'])?.data['template.json'];
if (template === undefined) throw new Error('the chart has no template.json');
const { clusters } = JSON.parse(process.env.CONFIG);
const [{ name: cluster }] = clusters;
const user = 'ci-fixer';
const config = {
  apiVersion: 'v1',
  kind: 'Config',
  clusters,
  users: [{ name: user, user: { token: process.env.TOKEN } }],
  contexts: [{ name: user, context: { cluster, user, namespace } }],
  'current-context': user,
};
writeFileSync(`${folder}/template.json`, template);
writeFileSync(`${folder}/kubeconfig`, JSON.stringify(config, undefined, 2), { mode: 0o600 });
PROGRAM
echo "$folder has a kubeconfig and a template.json"
