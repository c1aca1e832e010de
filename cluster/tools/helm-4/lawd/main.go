// Command lawd renders charts with Helm 4's own packages, many in one process. See lawproto for the protocol.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"strings"

	"drydock/tools/lawproto"
	"helm.sh/helm/v4/pkg/action"
	charter "helm.sh/helm/v4/pkg/chart"
	"helm.sh/helm/v4/pkg/chart/common"
	commonutil "helm.sh/helm/v4/pkg/chart/common/util"
	"helm.sh/helm/v4/pkg/chart/loader"
	"helm.sh/helm/v4/pkg/chart/loader/archive"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	chartloader "helm.sh/helm/v4/pkg/chart/v2/loader"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"
	"helm.sh/helm/v4/pkg/cli/values"
	"helm.sh/helm/v4/pkg/engine"
	"helm.sh/helm/v4/pkg/getter"
	"helm.sh/helm/v4/pkg/ignore"
	releaseutil "helm.sh/helm/v4/pkg/release/v1/util"
)

const module = "helm.sh/helm/v4"

func main() {
	if err := lawproto.Serve(helm{}, os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "lawd:", err)
		os.Exit(1)
	}
}

type helm struct{}

func (helm) ReadChart(path string) ([]lawproto.File, error) {
	loaded, err := loader.Load(path)
	if err != nil {
		return nil, err
	}
	source, ok := loaded.(*chart.Chart)
	if !ok {
		return nil, errors.New("invalid chart apiVersion")
	}
	files := make([]lawproto.File, 0, len(source.Raw))
	for _, file := range source.Raw {
		files = append(files, lawproto.File{Name: file.Name, Data: file.Data})
	}
	return files, nil
}

func (helm) IgnoreRules(helmignore string) (func(string, bool) bool, error) {
	rules, err := ignore.Parse(strings.NewReader(helmignore))
	if err != nil {
		return nil, err
	}
	rules.AddDefaults()
	return func(path string, isDir bool) bool {
		return rules.Ignore(path, lawproto.Entry{Path: path, Folder: isDir})
	}, nil
}

func (helm) Load(files []lawproto.File) error {
	_, err := load(files)
	return err
}

func load(files []lawproto.File) (*chart.Chart, error) {
	buffered := make([]*archive.BufferedFile, 0, len(files))
	for _, file := range files {
		buffered = append(buffered, &archive.BufferedFile{Name: file.Name, Data: file.Data})
	}
	loaded, err := chartloader.LoadFiles(buffered)
	if err != nil {
		return nil, err
	}
	switch loaded.Metadata.APIVersion {
	case chart.APIVersionV1, chart.APIVersionV2:
		return loaded, nil
	}
	return nil, errors.New("unsupported chart version")
}

// Render follows runInstall in Helm's pkg/cmd and action.Install in client-only mode. It does not call them because
// Install knows no revision but 1, and its errors do not say at which step they arose.
func (helm) Render(files []lawproto.File, inputs lawproto.Inputs) (lawproto.Rendered, error) {
	none := lawproto.Rendered{}
	caps, err := capabilities(inputs)
	if err != nil {
		return none, lawproto.Fail(lawproto.StageRequest, err)
	}
	options := values.Options{
		ValueFiles: inputs.ValueFilePaths, JSONValues: inputs.SetJSON, Values: inputs.Set, StringValues: inputs.SetString,
	}
	given, err := options.MergeValues(getter.Providers{})
	if err != nil {
		return none, lawproto.Fail(lawproto.StageValues, err)
	}
	source, err := installable(files)
	if err != nil {
		return none, lawproto.Fail(lawproto.StageLoad, err)
	}
	if err := chartutil.ValidateReleaseName(inputs.Release.Name); err != nil {
		return none, lawproto.Fail(lawproto.StageValues, err)
	}
	if err := chartutil.ProcessDependencies(source, given); err != nil {
		return none, lawproto.Fail(lawproto.StageValues, err)
	}
	release := common.ReleaseOptions{
		Name: inputs.Release.Name, Namespace: inputs.Release.Namespace, Revision: inputs.Release.Revision,
		IsInstall: !inputs.Release.IsUpgrade, IsUpgrade: inputs.Release.IsUpgrade,
	}
	top, err := commonutil.ToRenderValuesWithSchemaValidation(source, given, release, caps, false)
	if err != nil {
		return none, lawproto.FailValues(err)
	}
	if wanted := source.Metadata.KubeVersion; wanted != "" && !chartutil.IsCompatibleRange(wanted, caps.KubeVersion.String()) {
		return none, lawproto.Fail(lawproto.StageRender, fmt.Errorf("chart requires kubeVersion: %s which is incompatible with Kubernetes %s", wanted, caps.KubeVersion.Version))
	}
	texts, err := engine.Engine{}.RenderWithContext(context.Background(), source, top)
	if err != nil {
		return none, lawproto.Fail(lawproto.StageRender, err)
	}
	notes := lawproto.TakeNotes(texts, path.Join(source.Name(), "templates", "NOTES.txt"))
	chunks, err := chunksOf(source, texts)
	if err != nil {
		return none, lawproto.Fail(lawproto.StageParse, err)
	}
	return lawproto.Rendered{Chunks: chunks, Notes: notes}, nil
}

func installable(files []lawproto.File) (*chart.Chart, error) {
	source, err := load(files)
	if err != nil {
		return nil, err
	}
	if kind := source.Metadata.Type; kind != "" && kind != "application" {
		return nil, fmt.Errorf("%s charts are not installable", kind)
	}
	required := make([]charter.Dependency, 0, len(source.Metadata.Dependencies))
	for _, dependency := range source.Metadata.Dependencies {
		required = append(required, dependency)
	}
	return source, action.CheckDependencies(source, required)
}

func capabilities(inputs lawproto.Inputs) (*common.Capabilities, error) {
	caps := common.DefaultCapabilities.Copy()
	caps.HelmVersion.Version = lawproto.ModuleVersion(module)
	caps.APIVersions = append(caps.APIVersions[:len(caps.APIVersions):len(caps.APIVersions)], inputs.APIVersions...)
	if inputs.KubeVersion != "" {
		version, err := common.ParseKubeVersion(inputs.KubeVersion)
		if err != nil {
			return nil, fmt.Errorf("invalid kube version '%s': %w", inputs.KubeVersion, err)
		}
		caps.KubeVersion = *version
	}
	return caps, nil
}

func chunksOf(source *chart.Chart, texts map[string]string) ([]lawproto.Chunk, error) {
	hooks, manifests, err := releaseutil.SortManifests(texts, nil, releaseutil.InstallOrder)
	if err != nil {
		return nil, err
	}
	chunks := []lawproto.Chunk{}
	for _, crd := range source.CRDObjects() {
		chunks = append(chunks, lawproto.PrintedChunk(crd.Filename, string(crd.File.Data)))
	}
	for _, manifest := range manifests {
		chunks = append(chunks, lawproto.PrintedChunk(manifest.Name, manifest.Content))
	}
	lawproto.TrimLast(chunks)
	for _, hook := range hooks {
		chunks = append(chunks, lawproto.PrintedChunk(hook.Path, hook.Manifest))
	}
	return chunks, nil
}
