/** How often in a row the API server has to deny, a second apart: where there are several, each has to have heard. */
const DENIALS = 8;

/** Forbidden by every policy of SandboxRbac, and suspended, so that it would not run even where it got in. */
const FORBIDDEN = JSON.stringify({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'drydock-gate' },
  spec: {
    suspend: true,
    template: {
      spec: { restartPolicy: 'Never', containers: [{ name: 'gate', image: 'drydock.invalid/gate:1' }] },
    },
  },
});

/** Tries the forbidden Job without making it. */
const ASK = `answer=$(echo '${FORBIDDEN}' | kubectl create --namespace="$SANDBOX_NAMESPACE" --dry-run=server --validate=false --filename=- 2>&1)`;

/** Asks until the policy denies, then binds. Nothing is created while it asks. */
export const GATE_SCRIPT = `set -eu
export HOME=/tmp
denied=0
while [ "$denied" -lt ${DENIALS} ]; do
  if ${ASK}
  then denied=0; echo "admitted, so the policy is not in force yet"
  else case "$answer" in
    *"ValidatingAdmissionPolicy '$POLICY'"*) denied=$((denied + 1)) ;;
    *) denied=0; echo "$answer" ;;
  esac; fi
  sleep 1
done
echo "denied ${DENIALS} times in a row; binding"
kubectl patch rolebinding "$BINDING" --namespace="$SANDBOX_NAMESPACE" --type=merge --patch="$SUBJECTS"
`;

/** Ends well once the policy denies and the managers are bound: the gate may still be at it when this begins. */
export const TEST_SCRIPT = `set -eu
export HOME=/tmp
while :; do
  if ${ASK}
  then echo "a forbidden Job was admitted"
  else case "$answer" in
    *"ValidatingAdmissionPolicy '$POLICY'"*)
      bound=$(kubectl get rolebinding "$BINDING" --namespace="$SANDBOX_NAMESPACE" --output=jsonpath='{.subjects[*].name}')
      if [ -n "$bound" ]; then echo "a forbidden Job is denied, and $bound may make sandboxes"; exit; fi
      echo "a forbidden Job is denied, but the gate has bound nobody yet" ;;
    *) echo "$answer" ;;
  esac; fi
  sleep 2
done
`;
