package bench

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// ErrNotLoopback: a load generator is pointed at nobody else's machine.
var ErrNotLoopback = errors.New("not a loopback address")

const rpcTimeout = 30 * time.Second

// requireLoopback lets an address through only if its host is a loopback IP in digits. A name is refused
// whatever it resolves to now: it may resolve to something else later.
func requireLoopback(address string) error {
	refused := func(why string) error {
		return fmt.Errorf("%w: %q %s: creditd bench loads only networks on this machine; start one with 'creditd devnet up', or leave --against out",
			ErrNotLoopback, address, why)
	}
	host := address
	if strings.Contains(address, "://") {
		u, err := url.Parse(address)
		if err != nil {
			return refused("is no URL")
		}
		host = u.Host
	}
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		return refused("is not host:port")
	}
	ip, err := netip.ParseAddr(name)
	if err != nil {
		return refused("names no IP address")
	}
	if !ip.Unmap().IsLoopback() {
		return refused("is another machine's")
	}
	return nil
}

// loopbackHTTP is a client that cannot leave this machine either: no proxy, no redirect, and what is dialled
// is looked at again.
func loopbackHTTP(connections int) *http.Client {
	dialer := &net.Dialer{
		Timeout: rpcTimeout,
		Control: func(_, address string, _ syscall.RawConn) error { return requireLoopback(address) },
	}
	return &http.Client{
		Timeout: rpcTimeout,
		CheckRedirect: func(to *http.Request, _ []*http.Request) error {
			return fmt.Errorf("the node redirects to %s: it is no CometBFT node", to.URL.Host)
		},
		Transport: &http.Transport{
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				return dialer.DialContext(ctx, network, address)
			},
			// All connections stay open: dialling anew would be part of each latency.
			MaxIdleConns:        connections,
			MaxIdleConnsPerHost: connections,
			DisableCompression:  true,
		},
	}
}
