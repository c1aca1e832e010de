package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

const workers = 16

type pod struct {
	Metadata struct {
		Name              string  `json:"name"`
		Namespace         string  `json:"namespace"`
		UID               string  `json:"uid"`
		ResourceVersion   string  `json:"resourceVersion"`
		DeletionTimestamp *string `json:"deletionTimestamp"`
	} `json:"metadata"`
	Spec struct {
		NodeName   string `json:"nodeName"`
		Containers []struct {
			Name  string `json:"name"`
			Image string `json:"image"`
		} `json:"containers"`
	} `json:"spec"`
	Status struct {
		Phase string `json:"phase"`
	} `json:"status"`
}

func (pod *pod) path() string {
	return "/api/v1/namespaces/" + pod.Metadata.Namespace + "/pods/" + pod.Metadata.Name
}

// keepPods binds every pod to the node, as a scheduler does, says that it runs, and lets go of what is deleted.
func keepPods(api *api, node string) error {
	pending := make(chan *pod, 20_000)
	var seen sync.Map
	for range workers {
		go func() {
			for pod := range pending {
				api.keep(pod, node, &seen)
			}
		}()
	}
	for failures := 0; ; failures++ {
		began := time.Now()
		err := api.watchPods(pending)
		if time.Since(began) > time.Second {
			failures = 0
		}
		// Its cluster is gone.
		if failures > 50 {
			return err
		}
		time.Sleep(200 * time.Millisecond)
	}
}

func (api *api) watchPods(found chan<- *pod) error {
	response, err := api.client.Get(api.server + "/api/v1/pods?watch=1")
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d", response.StatusCode)
	}
	decoder := json.NewDecoder(response.Body)
	for {
		var event struct {
			Type   string `json:"type"`
			Object *pod   `json:"object"`
		}
		if err := decoder.Decode(&event); err != nil {
			return err
		}
		if event.Type == "ADDED" || event.Type == "MODIFIED" {
			found <- event.Object
		}
	}
}

// keep does what the state of a pod asks for, once: what it changes comes back as another state.
func (api *api) keep(pod *pod, node string, seen *sync.Map) {
	once := func(step string) bool {
		_, isDone := seen.LoadOrStore(pod.Metadata.UID+step, true)
		return !isDone
	}
	switch {
	case pod.Metadata.DeletionTimestamp != nil:
		if once("gone") {
			api.send("DELETE", pod.path(), "application/json", map[string]any{
				"gracePeriodSeconds": 0, "preconditions": map[string]any{"uid": pod.Metadata.UID},
			})
		}
	case pod.Spec.NodeName == "":
		if once("bound") {
			api.send("POST", pod.path()+"/binding", "application/json", map[string]any{
				"apiVersion": "v1", "kind": "Binding", "metadata": map[string]any{"name": pod.Metadata.Name},
				"target": map[string]any{"apiVersion": "v1", "kind": "Node", "name": node},
			})
		}
	case pod.Status.Phase == "Pending":
		if once("runs") {
			api.patch(pod.path()+"/status", map[string]any{"status": running(pod)})
		}
	}
}

func running(pod *pod) map[string]any {
	now := time.Now().UTC().Format(time.RFC3339)
	containers := []any{}
	for _, container := range pod.Spec.Containers {
		containers = append(containers, map[string]any{
			"name": container.Name, "image": container.Image, "imageID": "", "ready": true, "started": true, "restartCount": 0,
			"state": map[string]any{"running": map[string]any{"startedAt": now}},
		})
	}
	conditions := []any{}
	for _, kind := range []string{"Initialized", "Ready", "ContainersReady"} {
		conditions = append(conditions, map[string]any{"type": kind, "status": "True", "lastTransitionTime": now})
	}
	return map[string]any{
		"phase": "Running", "startTime": now, "podIP": "10.0.0.1", "conditions": conditions, "containerStatuses": containers,
	}
}

func (api *api) patch(path string, body any) {
	api.send("PATCH", path, "application/strategic-merge-patch+json", body)
}

func (api *api) send(method, path, contentType string, body any) {
	text, _ := json.Marshal(body)
	request, err := http.NewRequest(method, api.server+path, bytes.NewReader(text))
	if err != nil {
		return
	}
	request.Header.Set("Content-Type", contentType)
	response, err := api.client.Do(request)
	if err != nil {
		fmt.Println(method, path, err)
		return
	}
	defer response.Body.Close()
	answer, _ := io.ReadAll(response.Body)
	if response.StatusCode >= 300 && response.StatusCode != http.StatusNotFound && response.StatusCode != http.StatusConflict {
		fmt.Println(method, path, response.StatusCode, string(answer))
	}
}
