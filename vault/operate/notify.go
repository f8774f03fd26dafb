package operate

import (
	"context"
	"fmt"
	"net"
	"os"
)

// Notify tells the service manager how the process fares: READY=1, STOPPING=1 (sd_notify(3)). Without one, that is
// without NOTIFY_SOCKET in the environment, it does nothing.
func Notify(ctx context.Context, state string) error {
	path := os.Getenv("NOTIFY_SOCKET")
	if path == "" {
		return nil
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "unixgram", path)
	if err != nil {
		return fmt.Errorf("NOTIFY_SOCKET: %w", err)
	}
	defer func() { _ = conn.Close() }() // a datagram is sent or it is not
	if _, err := conn.Write([]byte(state)); err != nil {
		return fmt.Errorf("NOTIFY_SOCKET: %w", err)
	}
	return nil
}
