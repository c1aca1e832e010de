package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/moby/spdystream"
)

// serveExecs is the part of a kubelet that the API server asks for execs: an upgrade to SPDY with a stream for each of
// the command's own and one for its status.
func serveExecs(config config) error {
	certificate, err := selfSigned()
	if err != nil {
		return err
	}
	server := &http.Server{
		Addr:    net.JoinHostPort(config.Address, strconv.Itoa(config.Port)),
		Handler: http.HandlerFunc(exec),
		TLSConfig: &tls.Config{
			Certificates: []tls.Certificate{certificate},
			NextProtos:   []string{"http/1.1"},
		},
		TLSNextProto: map[string]func(*http.Server, *tls.Conn, http.Handler){},
	}
	return server.ListenAndServeTLS("", "")
}

func exec(response http.ResponseWriter, request *http.Request) {
	hijacker, canUpgrade := response.(http.Hijacker)
	if !canUpgrade || request.Header.Get("Upgrade") == "" {
		http.Error(response, "only execs", http.StatusNotFound)
		return
	}
	response.Header().Set("Connection", "Upgrade")
	response.Header().Set("Upgrade", "SPDY/3.1")
	response.Header().Set("X-Stream-Protocol-Version", "v4.channel.k8s.io")
	response.WriteHeader(http.StatusSwitchingProtocols)
	connection, _, err := hijacker.Hijack()
	if err != nil {
		return
	}
	defer connection.Close()
	streams, err := spdystream.NewConnection(connection, true)
	if err != nil {
		return
	}
	wanted := 1
	query := request.URL.Query()
	for _, name := range []string{"input", "output", "error"} {
		if query.Get(name) == "1" {
			wanted++
		}
	}
	opened := make(chan *spdystream.Stream, 4)
	go streams.Serve(func(stream *spdystream.Stream) {
		stream.SendReply(http.Header{}, false)
		opened <- stream
	})
	named := map[string]*spdystream.Stream{}
	for len(named) < wanted {
		select {
		case stream := <-opened:
			named[stream.Headers().Get("streamtype")] = stream
		case <-time.After(30 * time.Second):
			return
		}
	}
	if named["stdin"] != nil && named["stdout"] != nil {
		supervise(named["stdin"], named["stdout"])
	}
	named["error"].Write([]byte(`{"metadata":{},"status":"Success"}`))
	for _, stream := range named {
		stream.Close()
	}
	// What was written is to arrive before the connection is gone.
	time.Sleep(100 * time.Millisecond)
}

func selfSigned() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(24 * time.Hour)}
	bytes, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	return tls.Certificate{Certificate: [][]byte{bytes}, PrivateKey: key}, err
}
