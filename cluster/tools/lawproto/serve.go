package lawproto

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
)

// Serve answers requests from in on out, one line each and in order, until in ends.
func Serve(helm Helm, in io.Reader, out io.Writer) error {
	// Helm's warnings would bury the one thing that stderr is for: the last words of a dying process.
	slog.SetDefault(slog.New(slog.DiscardHandler))
	log.SetOutput(io.Discard)
	// A case allocates some megabytes and keeps nothing, so rare collections cost little memory.
	debug.SetGCPercent(400)

	scratch, err := os.MkdirTemp("", "lawd-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)

	server := &server{helm: helm, scratch: scratch, charts: map[string][]File{}}
	lines := bufio.NewReaderSize(in, 1<<20)
	writer := bufio.NewWriterSize(out, 1<<20)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			answer, marshalErr := json.Marshal(server.answer(line))
			if marshalErr != nil {
				return marshalErr
			}
			if _, err := writer.Write(append(answer, '\n')); err != nil {
				return err
			}
		}
		// Nobody waits for a flush while the next request is already here.
		if lines.Buffered() == 0 || err != nil {
			if err := writer.Flush(); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

type server struct {
	helm    Helm
	scratch string
	charts  map[string][]File
}

func (s *server) answer(line []byte) (answer Answer) {
	defer func() {
		if cause := recover(); cause != nil {
			answer = Answer{Stage: StagePanic, Message: fmt.Sprintf("%v\n%s", cause, debug.Stack())}
		}
	}()
	var request Request
	if err := json.Unmarshal(line, &request); err != nil {
		return Answer{Stage: StageRequest, Message: err.Error()}
	}
	answer, err := s.run(&request)
	if err != nil {
		return s.refusal(err)
	}
	answer.OK = true
	return answer
}

func (s *server) refusal(err error) Answer {
	var failure *Failure
	if !errors.As(err, &failure) {
		failure = &Failure{StageRequest, err}
	}
	message := strings.ReplaceAll(failure.Err.Error(), s.scratch+string(filepath.Separator), "")
	return Answer{Stage: failure.Stage, Message: message}
}

func (s *server) run(request *Request) (Answer, error) {
	switch request.Op {
	case "render":
		return s.render(request)
	case "parse":
		documents, err := Documents(request.YAML)
		if err != nil {
			return Answer{}, Fail(StageParse, err)
		}
		return Answer{Objects: documents}, nil
	case "load":
		return Answer{}, s.load(request)
	case "unload":
		delete(s.charts, request.ID)
		return Answer{}, nil
	}
	return Answer{}, fmt.Errorf("unknown op %q", request.Op)
}

func (s *server) load(request *Request) error {
	files, err := s.files(request.Chart)
	if err != nil {
		return err
	}
	if err := s.helm.Load(files); err != nil {
		return Fail(StageLoad, err)
	}
	s.charts[request.ID] = files
	return nil
}

func (s *server) files(chart ChartRef) ([]File, error) {
	if chart.ID != "" {
		files, ok := s.charts[chart.ID]
		if !ok {
			return nil, fmt.Errorf("no chart was loaded as %q", chart.ID)
		}
		return files, nil
	}
	var files []File
	var err error
	if chart.Path != "" {
		files, err = s.helm.ReadChart(chart.Path)
	} else {
		files, err = filesInMemory(s.helm, chart.Files)
	}
	if err != nil {
		return nil, Fail(StageLoad, err)
	}
	return files, nil
}

func (s *server) render(request *Request) (Answer, error) {
	inputs := request.Inputs
	for index, text := range inputs.ValueFiles {
		path := filepath.Join(s.scratch, "values-"+strconv.Itoa(index)+".yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return Answer{}, err
		}
		inputs.ValueFilePaths = append(inputs.ValueFilePaths, path)
	}
	files, err := s.files(request.Chart)
	if err != nil {
		return Answer{}, err
	}
	rendered, err := s.helm.Render(files, inputs)
	if err != nil {
		return Answer{}, err
	}
	answer := Answer{Notes: rendered.Notes}
	for _, chunk := range rendered.Chunks {
		documents, err := Documents(chunk.Text)
		if err != nil {
			return Answer{}, Fail(StageParse, fmt.Errorf("%s: %w", chunk.Template, err))
		}
		for _, document := range documents {
			document.Template = chunk.Template
			answer.Objects = append(answer.Objects, document)
		}
	}
	return answer, nil
}
