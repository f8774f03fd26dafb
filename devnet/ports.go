package devnet

import (
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
)

const (
	// DefaultBasePort of a devnet.
	DefaultBasePort = 27000
	// portStep is the distance between the ports of two institutions.
	portStep    = 10
	vaultOffset = 4
	adminOffset = 5
	deskOffset  = 6
)

// Offsets within an institution's ports are those of nodehome.PortsFrom, then the vault's.
func portNames() []string {
	return []string{"p2p", "RPC", "gRPC", "REST", "vault", "vault's admin", "desk"}
}

// checkPorts says which port is taken and what to do about it.
func checkPorts(base, institutions int) error {
	if base < 1024 || base+(institutions+1)*portStep > 65535 {
		return fmt.Errorf("--base-port %d leaves no room for %d institutions; give 1024 to %d",
			base, institutions, 65535-(institutions+1)*portStep)
	}
	for n := range institutions {
		for offset, what := range portNames() {
			port := base + n*portStep + offset
			listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
			if err != nil {
				return fmt.Errorf("port %d (%s of institution %d) is taken: %w; give another first port with --base-port", port, what, n, err)
			}
			listener.Close()
		}
	}
	return nil
}

// ReservePorts finds free ports for as many institutions and keeps other tests on this machine off them until
// released: whoever holds the port before the first one owns the block.
func ReservePorts(institutions int) (base int, release func(), err error) {
	// Below the ports that Linux gives to outgoing connections (ip_local_port_range, from 32768).
	const low, high = 20_000, 32_000
	const size = 200 // one size for all, so that blocks never overlap
	if (institutions+1)*portStep > size {
		return 0, nil, fmt.Errorf("%d institutions need more than %d ports; give a first port instead", institutions, size)
	}
	blocks := (high - low) / size
	for n, first := 0, rand.IntN(blocks); n < blocks; n++ {
		owned := low + (first+n)%blocks*size
		listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(owned)))
		if err != nil {
			continue
		}
		if checkPorts(owned+portStep, institutions) == nil {
			return owned + portStep, func() { listener.Close() }, nil
		}
		listener.Close()
	}
	return 0, nil, fmt.Errorf("no %d free ports in a row from %d to %d", size, low, high)
}
