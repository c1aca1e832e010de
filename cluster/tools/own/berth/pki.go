package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// certificateRequest names the folder and the certificates that fresh authorities are to sign.
type certificateRequest struct {
	Directory    string `json:"directory"`
	Certificates []struct {
		Name          string   `json:"name"`
		Authority     string   `json:"authority"`
		CommonName    string   `json:"commonName"`
		Organizations []string `json:"organizations"`
		DNSNames      []string `json:"dnsNames"`
		Addresses     []string `json:"addresses"`
	} `json:"certificates"`
}

type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// issueCertificates writes AUTHORITY.crt for each authority that is named, NAME.crt and NAME.key for each request, and
// sa.key/sa.pub for service accounts. The authorities' own keys are never written: a cluster lives shorter than its
// certificates, and no one can have another one signed.
func issueCertificates(input io.Reader) error {
	var wanted certificateRequest
	if err := json.NewDecoder(input).Decode(&wanted); err != nil {
		return err
	}
	if err := os.Mkdir(wanted.Directory, 0o755); err != nil {
		return err
	}
	authorities := map[string]authority{}
	for _, one := range wanted.Certificates {
		signer, known := authorities[one.Authority]
		if !known {
			made, err := newAuthority(wanted.Directory, one.Authority)
			if err != nil {
				return err
			}
			authorities[one.Authority], signer = made, made
		}
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return err
		}
		leaf := template(one.CommonName, one.Organizations)
		leaf.DNSNames = one.DNSNames
		leaf.KeyUsage = x509.KeyUsageDigitalSignature
		leaf.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
		for _, address := range one.Addresses {
			leaf.IPAddresses = append(leaf.IPAddresses, net.ParseIP(address))
		}
		if err := sign(wanted.Directory, one.Name, leaf, signer.certificate, key, signer.key); err != nil {
			return err
		}
		if err := writeKey(wanted.Directory, one.Name, key); err != nil {
			return err
		}
	}
	accounts, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	if err := writeKey(wanted.Directory, "sa", accounts); err != nil {
		return err
	}
	public, err := x509.MarshalPKIXPublicKey(accounts.Public())
	if err != nil {
		return err
	}
	return writePem(filepath.Join(wanted.Directory, "sa.pub"), "PUBLIC KEY", public, 0o644)
}

func newAuthority(directory, name string) (authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return authority{}, err
	}
	own := template("drydock-"+name, nil)
	own.IsCA, own.BasicConstraintsValid = true, true
	own.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature
	return authority{own, key}, sign(directory, name, own, own, key, key)
}

func template(commonName string, organizations []string) *x509.Certificate {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		panic(err)
	}
	return &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: commonName, Organization: organizations},
		// An hour back, for clocks that are set while the cluster runs.
		NotBefore: time.Now().Add(-time.Hour),
		NotAfter:  time.Now().Add(30 * 24 * time.Hour),
	}
}

func sign(directory, name string, leaf, parent *x509.Certificate, key, parentKey *ecdsa.PrivateKey) error {
	der, err := x509.CreateCertificate(rand.Reader, leaf, parent, key.Public(), parentKey)
	if err != nil {
		return err
	}
	return writePem(filepath.Join(directory, name+".crt"), "CERTIFICATE", der, 0o644)
}

func writeKey(directory, name string, key crypto.PrivateKey) error {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	return writePem(filepath.Join(directory, name+".key"), "PRIVATE KEY", der, 0o600)
}

func writePem(file, kind string, der []byte, mode os.FileMode) error {
	return os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), mode)
}
