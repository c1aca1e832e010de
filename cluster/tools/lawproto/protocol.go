// Package lawproto is what the two lawd programs share: the protocol on stdin and stdout, the chart cache and the
// YAML reader. What differs between Helm 3 and Helm 4 is behind the Helm interface.
package lawproto

import "encoding/json"

// Request is one line on stdin. Op says which of the other fields count.
type Request struct {
	Op string `json:"op"`
	// ID names a cached chart, in load and unload.
	ID    string   `json:"id"`
	Chart ChartRef `json:"chart"`
	Inputs
	// YAML is the text that parse reads.
	YAML string `json:"yaml"`
}

// ChartRef is a folder or archive on disk, files in memory, or the id of a chart that was loaded before.
type ChartRef struct {
	Path  string            `json:"path"`
	Files map[string]string `json:"files"`
	ID    string            `json:"id"`
}

// Inputs is all that `helm template` can be told besides the chart.
type Inputs struct {
	ValueFiles  []string `json:"valueFiles"`
	Set         []string `json:"set"`
	SetString   []string `json:"setString"`
	SetJSON     []string `json:"setJson"`
	Release     Release  `json:"release"`
	KubeVersion string   `json:"kubeVersion"`
	APIVersions []string `json:"apiVersions"`

	// ValueFilePaths is where the server wrote ValueFiles: Helm's own merging wants paths.
	ValueFilePaths []string `json:"-"`
}

// Release is what templates see as .Release. Revision is the one thing `helm template` cannot be told.
type Release struct {
	Name      string `json:"name"`
	Namespace string `json:"namespace"`
	Revision  int    `json:"revision"`
	IsUpgrade bool   `json:"isUpgrade"`
}

// Stage says how far a case came before it failed, in the order in which Helm works.
type Stage string

const (
	StageRequest Stage = "request"
	StageValues  Stage = "values"
	StageLoad    Stage = "load"
	StageSchema  Stage = "schema"
	StageRender  Stage = "render"
	StageParse   Stage = "parse"
	// StagePanic is a panic inside Helm or here; the process lives on.
	StagePanic Stage = "panic"
)

// Failure is an error that knows its stage.
type Failure struct {
	Stage Stage
	Err   error
}

func (f *Failure) Error() string { return string(f.Stage) + ": " + f.Err.Error() }
func (f *Failure) Unwrap() error { return f.Err }

// Fail attaches a stage to an error.
func Fail(stage Stage, err error) error { return &Failure{stage, err} }

// File is one file of a chart, its path relative to the chart's folder.
type File struct {
	Name string
	Data []byte
}

// Chunk is one entry of what `helm template` prints between two `---` lines.
type Chunk struct {
	// Template is the path in the `# Source:` comment.
	Template string
	Text     string
}

// Rendered is what came out, in the order in which `helm template --include-crds` prints it.
type Rendered struct {
	Chunks []Chunk
	Notes  string
}

// Helm is one version of Helm.
type Helm interface {
	// ReadChart reads a folder or an archive with Helm's own loader and gives back the files it kept.
	ReadChart(path string) ([]File, error)
	// IgnoreRules reads a .helmignore; the result tells which paths a folder with it would not load.
	IgnoreRules(helmignore string) (func(path string, isDir bool) bool, error)
	// Load builds the chart anew from its files: rendering changes a chart, so each case gets its own.
	Load(files []File) error
	// Render does what `helm template` does.
	Render(files []File, inputs Inputs) (Rendered, error)
}

// Answer is one line on stdout.
type Answer struct {
	OK      bool       `json:"ok"`
	Objects []Document `json:"objects,omitempty"`
	Notes   string     `json:"notes,omitempty"`
	Stage   Stage      `json:"stage,omitempty"`
	Message string     `json:"message,omitempty"`
}

// Document is one YAML document that is not empty.
type Document struct {
	Template string          `json:"template,omitempty"`
	Object   json.RawMessage `json:"object"`
	// Numbers lists what a JavaScript reader of Object would not see.
	Numbers []Number `json:"numbers,omitempty"`
	// Duplicate is the complaint of the strict reader about keys that occur twice; the last one won.
	Duplicate string `json:"duplicate,omitempty"`
}

// Number is a number whose kind or value is lost in JavaScript: an integer written as a float (1e+06, 5.0), which
// YAML to JSON conversion turns into digits, or an integer beyond 2^53.
type Number struct {
	At   string `json:"at"`
	YAML string `json:"yaml"`
	JSON string `json:"json"`
}
