#!/bin/sh
# Says whether the todo application runs as it was installed, and why not. Options go to `drydock verify`.
#
# NAMESPACE (todo) and RELEASE (todo-app) say where and as what.
set -eu
namespace=${NAMESPACE:-todo}
helm get manifest "${RELEASE:-todo-app}" --namespace "$namespace" | npx drydock verify - --namespace "$namespace" "$@"
