// Pins the modules whose custom resource definitions `npm run imports` makes types of. Nothing is compiled from them.
module drydock.dev/crds

go 1.26

require github.com/external-secrets/external-secrets v1.3.2
