package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"log"
	"math/big"
	"net"
	"time"
)

// The first byte of every TLS connection.
const handshake = 0x16

// eitherWay lets callers speak TLS or not, as a chart's probes want it: the first byte tells.
func eitherWay(listener net.Listener) net.Listener {
	return &sniffing{listener, &tls.Config{Certificates: []tls.Certificate{certificate()}}}
}

type sniffing struct {
	net.Listener
	config *tls.Config
}

func (listener *sniffing) Accept() (net.Conn, error) {
	connection, err := listener.Listener.Accept()
	if err != nil {
		return nil, err
	}
	peeked := &peeked{connection, bufio.NewReader(connection)}
	connection.SetReadDeadline(time.Now().Add(time.Second))
	first, err := peeked.reader.Peek(1)
	connection.SetReadDeadline(time.Time{})
	if err == nil && first[0] == handshake {
		return tls.Server(peeked, listener.config), nil
	}
	return peeked, nil
}

type peeked struct {
	net.Conn
	reader *bufio.Reader
}

func (connection *peeked) Read(into []byte) (int, error) { return connection.reader.Read(into) }

func certificate() tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		log.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		log.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}
