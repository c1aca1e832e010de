// Makes kube/testing-only/proxy-corpus.json: what Go's own rules, which kubectl has, say of proxies in the environment.
//
//	cd scripts/proxy-corpus && go run . > ../../kube/testing-only/proxy-corpus.json && npx biome check --write ../../kube/testing-only
package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"strings"

	"golang.org/x/net/http/httpproxy"
)

// One question, and Go's answer: empty for the direct way.
type question struct {
	Server string            `json:"server"`
	Env    map[string]string `json:"env"`
	Proxy  string            `json:"proxy"`
}

var servers = []string{
	"https://kube.example.com", "https://kube.example.com:6443", "http://kube.example.com:8080", "https://example.com",
	"https://notexample.com", "https://a.b.example.com:443", "https://localhost:6443", "http://localhost", "https://127.0.0.1:6443",
	"https://127.8.9.10", "https://[::1]:6443", "https://10.1.2.3:6443", "http://10.1.2.3", "https://192.168.5.6", "https://[fd00::1]:6443",
	"https://[fd00:0:0::1]", "https://[2001:db8::5]:6443", "https://kube", "https://xn--bcher-kva.example:6443", "https://[::ffff:10.1.2.3]:6443",
}

var noProxies = []string{
	"", "*", "example.com", ".example.com", "*.example.com", "EXAMPLE.com", " example.com , other.test", "example.com:6443", ".example.com:6443",
	"example.com:80", "kube.example.com", "a.b.example.com:443", "ample.com", "10.0.0.0/8", "10.1.2.3", "10.1.2.3:6443", "10.1.2.3:80", "10.1.2.3/32", "10.1.2.4/30",
	"10.0.0.0/33", "10.0.0.0/", "fd00::/8", "fd00::1", "[fd00::1]", "[fd00::1]:6443", "[fd00::1]:80", "2001:db8::/32", "::ffff:10.1.2.3", "0.0.0.0/0", "::/0", ",,", "other.test,*", "kube",
	".", "*.", ":6443", "bücher.example", "xn--bcher-kva.example", "localhost", "http://example.com", "example.com.", "[10.1.2.3]:6443", "10.1.2", "010.001.002.003", "*.com,192.168.0.0/16", "a:b:c",
}

var proxies = []map[string]string{
	{"HTTPS_PROXY": "http://proxy.test:3128", "HTTP_PROXY": "http://plain.test:3128"},
	{"https_proxy": "proxy.test:3128"},
	{"http_proxy": "plain.test", "REQUEST_METHOD": "GET"},
}

var names = []map[string]string{
	{},
	{"HTTPS_PROXY": ""},
	{"HTTPS_PROXY": "", "https_proxy": "http://lower.test"},
	{"HTTPS_PROXY": "http://upper.test", "https_proxy": "http://lower.test"},
	{"HTTPS_PROXY": "proxy.test"},
	{"HTTPS_PROXY": "proxy.test:3128"},
	{"HTTPS_PROXY": "socks5://proxy.test:1080"},
	{"HTTPS_PROXY": "https://me:secret@proxy.test:3128"},
	{"HTTPS_PROXY": "me:secret@proxy.test:3128"},
	{"HTTPS_PROXY": "10.9.9.9:3128"},
	{"HTTPS_PROXY": "//proxy.test:3128"},
	{"HTTP_PROXY": "http://plain.test:3128"},
	{"ALL_PROXY": "http://all.test:3128"},
	{"HTTPS_PROXY": "http://upper.test", "NO_PROXY": "", "no_proxy": "example.com"},
	{"HTTPS_PROXY": "http://upper.test", "NO_PROXY": "other.test", "no_proxy": "example.com"},
}

func answer(server string, env map[string]string) question {
	os.Clearenv()
	for name, value := range env {
		os.Setenv(name, value)
	}
	target, err := url.Parse(server)
	if err != nil {
		panic(err)
	}
	proxy, err := httpproxy.FromEnvironment().ProxyFunc()(target)
	said := ""
	// What Go refuses, it does not use: the call ends with an error, and ours goes without a proxy.
	if err == nil && proxy != nil {
		said = proxy.String()
	}
	return question{server, env, said}
}

func main() {
	var lines []string
	add := func(one question) {
		text, err := json.Marshal(one)
		if err != nil {
			panic(err)
		}
		lines = append(lines, "  "+string(text))
	}
	for _, server := range servers {
		for _, env := range names {
			add(answer(server, env))
		}
		for at, noProxy := range noProxies {
			env := map[string]string{"NO_PROXY": noProxy}
			for name, value := range proxies[at%len(proxies)] {
				env[name] = value
			}
			add(answer(server, env))
		}
	}
	fmt.Printf("[\n%s\n]\n", strings.Join(lines, ",\n"))
}
