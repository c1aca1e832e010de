// Command kubelet stands in for the node of a cluster, for thousands of sandboxes that take no memory: it says of every
// pod that it runs, and answers an exec as the supervisor does that is brought in by it. Nothing is run.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"time"
)

// What the program that starts it knows of the cluster; the first three are PEM.
type config struct {
	CA      string `json:"ca"`
	Cert    string `json:"cert"`
	Key     string `json:"key"`
	Server  string `json:"server"`
	Node    string `json:"node"`
	Address string `json:"address"`
	Port    int    `json:"port"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "kubelet:", err)
		os.Exit(1)
	}
}

func run() error {
	if len(os.Args) != 2 {
		return fmt.Errorf("usage: kubelet CONFIG")
	}
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		return err
	}
	var config config
	if err := json.Unmarshal(text, &config); err != nil {
		return err
	}
	api, err := apiOf(config)
	if err != nil {
		return err
	}
	failed := make(chan error, 2)
	go func() { failed <- serveExecs(config) }()
	go func() { failed <- keepPods(api, config.Node) }()
	go beat(api, config.Node)
	return <-failed
}

type api struct {
	client *http.Client
	server string
}

func apiOf(config config) (*api, error) {
	pair, err := tls.X509KeyPair([]byte(config.Cert), []byte(config.Key))
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM([]byte(config.CA))
	transport := &http.Transport{
		TLSClientConfig:     &tls.Config{Certificates: []tls.Certificate{pair}, RootCAs: roots},
		MaxIdleConnsPerHost: workers,
		ForceAttemptHTTP2:   true,
	}
	return &api{client: &http.Client{Transport: transport}, server: config.Server}, nil
}

// beat says that the node lives, which its pods would be taken from it for otherwise.
func beat(api *api, node string) {
	for ; ; time.Sleep(10 * time.Second) {
		now := time.Now().UTC().Format(time.RFC3339)
		api.patch("/api/v1/nodes/"+node+"/status", map[string]any{"status": map[string]any{"conditions": []any{map[string]any{
			"type": "Ready", "status": "True", "reason": "KubeletReady", "message": "a stand-in", "lastHeartbeatTime": now, "lastTransitionTime": now,
		}}}})
	}
}
