package lawproto

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// crashing is a Helm with a bug; everything else about it works.
type crashing struct{}

func (crashing) ReadChart(string) ([]File, error) { return nil, nil }
func (crashing) IgnoreRules(string) (func(string, bool) bool, error) {
	return func(string, bool) bool { return false }, nil
}
func (crashing) Load([]File) error { return nil }
func (crashing) Render([]File, Inputs) (Rendered, error) {
	var nowhere map[string]string
	nowhere["x"] = "y"
	return Rendered{}, nil
}

func TestPanicIsOneAnswer(t *testing.T) {
	requests := `{"op":"render"}` + "\n" + `{"op":"parse","yaml":"a: 1"}` + "\n" + `no json` + "\n" + `{"op":"sing"}`
	var out bytes.Buffer
	if err := Serve(crashing{}, strings.NewReader(requests), &out); err != nil {
		t.Fatal(err)
	}
	var answers []Answer
	for line := range strings.Lines(out.String()) {
		var answer Answer
		if err := json.Unmarshal([]byte(line), &answer); err != nil {
			t.Fatal(err)
		}
		answers = append(answers, answer)
	}
	if len(answers) != 4 {
		t.Fatalf("4 requests, %d answers", len(answers))
	}
	if got := answers[0]; got.OK || got.Stage != StagePanic || !strings.Contains(got.Message, "nil map") {
		t.Errorf("the panic was answered with %+v", got)
	}
	if got := answers[1]; !got.OK || string(got.Objects[0].Object) != `{"a":1}` {
		t.Errorf("the case after the panic was answered with %+v", got)
	}
	if got := answers[2]; got.OK || got.Stage != StageRequest {
		t.Errorf("a line that is no JSON was answered with %+v", got)
	}
	if got := answers[3]; got.OK || !strings.Contains(got.Message, "sing") {
		t.Errorf("an unknown op was answered with %+v", got)
	}
}
