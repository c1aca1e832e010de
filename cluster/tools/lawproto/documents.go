package lawproto

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"sort"
	"strconv"
	"strings"

	goyaml "go.yaml.in/yaml/v2"
	streams "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

const sourcePrefix = "# Source: "

// Documents reads a stream of YAML as kubectl and Helm do: apimachinery splits it, sigs.k8s.io/yaml turns each
// document into JSON. Empty documents are dropped, as both do.
func Documents(text string) ([]Document, error) {
	// The splitter loses an unterminated last line when its length is a multiple of 4096.
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	reader := streams.NewYAMLReader(bufio.NewReader(strings.NewReader(text)))
	found := []Document{}
	source := ""
	for {
		raw, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return found, nil
		}
		if err != nil {
			return nil, err
		}
		document, err := readDocument(raw)
		if err != nil {
			return nil, err
		}
		// A file of several CRDs is printed as it is: only the first of its documents bears the comment.
		if own := sourceOf(raw); own != "" {
			source = own
		}
		if document != nil {
			document.Template = source
			found = append(found, *document)
		}
	}
}

func readDocument(raw []byte) (*Document, error) {
	object, err := yaml.YAMLToJSON(raw)
	if err != nil {
		return nil, err
	}
	if bytes.Equal(object, []byte("null")) {
		return nil, nil
	}
	document := &Document{Object: object}
	// JSON has lost what the numbers looked like and which keys came twice, so the same parser reads once more.
	var tree any
	if err := goyaml.UnmarshalStrict(raw, &tree); err != nil {
		var twice *goyaml.TypeError
		if !errors.As(err, &twice) {
			return nil, err
		}
		document.Duplicate = strings.Join(twice.Errors, "; ")
	}
	if document.Numbers, err = lossyNumbers(nil, tree, ""); err != nil {
		return nil, err
	}
	sort.Slice(document.Numbers, func(i, j int) bool { return document.Numbers[i].At < document.Numbers[j].At })
	return document, nil
}

func sourceOf(raw []byte) string {
	// The splitter leaves a separator at the head of a document that follows an empty one.
	head := strings.TrimPrefix(string(raw), "---\n")
	line, _, _ := strings.Cut(head, "\n")
	source, ok := strings.CutPrefix(line, sourcePrefix)
	if !ok {
		return ""
	}
	return source
}

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

func lossyNumbers(found []Number, node any, at string) ([]Number, error) {
	var err error
	switch value := node.(type) {
	case map[any]any:
		for key, child := range value {
			if found, err = lossyNumbers(found, child, at+"/"+pointerEscapes.Replace(fmt.Sprint(key))); err != nil {
				return nil, err
			}
		}
	case []any:
		for index, child := range value {
			if found, err = lossyNumbers(found, child, at+"/"+strconv.Itoa(index)); err != nil {
				return nil, err
			}
		}
	case float64:
		if value == math.Trunc(value) {
			return appendNumber(found, at, "float", value)
		}
	case int:
		if strconv.FormatFloat(float64(value), 'f', 0, 64) != strconv.Itoa(value) {
			return appendNumber(found, at, "int", value)
		}
	case uint64:
		if strconv.FormatFloat(float64(value), 'f', 0, 64) != strconv.FormatUint(value, 10) {
			return appendNumber(found, at, "int", value)
		}
	}
	return found, nil
}

func appendNumber(found []Number, at, kind string, value any) ([]Number, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	return append(found, Number{At: at, YAML: kind, JSON: string(text)}), nil
}
