package desk

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

// Listener is where a desk listens, and under which names it may be asked for.
type Listener struct {
	net.Listener
	Base  string // of its addresses
	Hosts func(host string) bool
}

// Listen on an address of this machine alone; with a certificate and its key on any, by TLS 1.3.
func Listen(ctx context.Context, address, certFile, keyFile string) (*Listener, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("--listen %q: write host:port, as 127.0.0.1:9292", address)
	}
	if (certFile == "") != (keyFile == "") {
		return nil, errors.New("--tls-cert and --tls-key belong together: give both or neither")
	}
	if certFile == "" && !loopback(host) {
		return nil, fmt.Errorf("--listen %s: other machines reach this address, and what they send could be read on the way: "+
			"listen on 127.0.0.1, or give the desk a certificate with --tls-cert and --tls-key", address)
	}
	var certificate tls.Certificate
	if certFile != "" {
		if certificate, err = tls.LoadX509KeyPair(certFile, keyFile); err != nil {
			return nil, fmt.Errorf("--tls-cert, --tls-key: %w", err)
		}
	}
	raw, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s: %w: stop what uses the port, or pass another --listen", address, err)
	}
	_, port, err := net.SplitHostPort(raw.Addr().String())
	if err != nil {
		return nil, errors.Join(err, raw.Close())
	}
	if certFile == "" {
		return &Listener{raw, "http://" + net.JoinHostPort(host, port), loopbackHosts(port)}, nil
	}
	leaf := certificate.Leaf
	secured := tls.NewListener(raw, &tls.Config{
		Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS13, NextProtos: []string{"h2", "http/1.1"},
	})
	return &Listener{secured, "https://" + net.JoinHostPort(nameOf(leaf, host), port), certifiedHosts(leaf)}, nil
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// loopbackHosts are the names of this machine itself, with the desk's port.
func loopbackHosts(port string) func(string) bool {
	return func(host string) bool {
		name, given, err := net.SplitHostPort(host)
		return err == nil && given == port && loopback(strings.ToLower(name))
	}
}

// certifiedHosts are those that the certificate is for.
func certifiedHosts(leaf *x509.Certificate) func(string) bool {
	return func(host string) bool {
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		return leaf.VerifyHostname(strings.Trim(host, "[]")) == nil
	}
}

// nameOf the desk in its link: the address that it listens on if the certificate has it, else the first name that it has.
func nameOf(leaf *x509.Certificate, host string) string {
	if leaf.VerifyHostname(host) != nil && len(leaf.DNSNames) > 0 {
		return leaf.DNSNames[0]
	}
	return host
}

// Bounds of connections. A page that shows progress has no bound on its writing.
const (
	headerTimeout = 5 * time.Second
	readTimeout   = 15 * time.Second
	idleTimeout   = 2 * time.Minute
	maxHeader     = 16 << 10
	stopTimeout   = 3 * time.Second
)

// Serve until the context ends, and close the desk.
func Serve(ctx context.Context, listener net.Listener, d *Desk) error {
	server := &http.Server{
		Handler: d, ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader,
		ErrorLog: log.New(io.Discard, "", 0), // names addresses and texts of requests
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		d.Close()
		return err
	case <-ctx.Done():
	}
	d.Close() // ends the pages that show progress
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	if err := server.Shutdown(stopping); err != nil {
		return errors.Join(err, server.Close())
	}
	return nil
}
