#!/bin/sh
# Installs the todo application of dist/charts, or brings it to this version, and waits until it is well.
# Options go to helm: workloads/scripts/deploy.sh -f mine.yaml --set frontend.image.tag=1.0.0-abc1234
#
# NAMESPACE (todo) and RELEASE (todo-app) say where and as what. Secrets come from the environment, so none is on a command line.
set -eu
cd "$(dirname "$0")/../.."
chart=dist/charts/todo-app
missing=
for name in DATABASE_URL BETTER_AUTH_SECRET OPENAI_API_KEY; do
  eval "given=\${$name:-}"
  [ -n "$given" ] || missing="$missing $name"
done
if [ -n "$missing" ]; then
  echo "Set$missing, then try again: nothing was installed." >&2
  exit 1
fi
if [ ! -d "$chart" ]; then
  echo "No $chart: write it with \`make synth\`, then try again." >&2
  exit 1
fi
namespace=${NAMESPACE:-todo}
kubectl get namespace "$namespace" >/dev/null 2>&1 || kubectl create namespace "$namespace"
node -e '
  const names = ["DATABASE_URL", "BETTER_AUTH_SECRET", "OPENAI_API_KEY"];
  const stringData = Object.fromEntries(names.map((name) => [name, process.env[name]]));
  console.log(JSON.stringify({ apiVersion: "v1", kind: "Secret", metadata: { name: "todo-secrets" }, stringData }));
' | kubectl apply --namespace "$namespace" --server-side --field-manager=deploy.sh -f -
exec helm upgrade --install "${RELEASE:-todo-app}" "$chart" --namespace "$namespace" --wait --wait-for-jobs --timeout 5m \
  --set frontend.secrets.existingSecret=todo-secrets \
  --set backend.secrets.existingSecret=todo-secrets \
  --set ai-agent.secrets.existingSecret=todo-secrets "$@"
