module drydock/tools/lawproto

go 1.26.0

require (
	go.yaml.in/yaml/v2 v2.4.4
	k8s.io/apimachinery v0.37.0
	sigs.k8s.io/yaml v1.6.0
)
