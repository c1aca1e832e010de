// Pins the modules whose custom resource definitions `npm run imports` makes types of, or that tests give to a cluster.
// Nothing is compiled from them.
module drydock.dev/crds

go 1.26

require (
	github.com/external-secrets/external-secrets v1.3.2
	github.com/kedacore/keda/v2 v2.17.2
	github.com/prometheus-operator/prometheus-operator v0.85.0
	k8s.io/autoscaler/vertical-pod-autoscaler v1.4.1
	sigs.k8s.io/gateway-api v1.4.1
)
