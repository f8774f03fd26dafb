package bench

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRequireLoopback(t *testing.T) {
	for _, address := range []string{
		"http://127.0.0.1:26657", "tcp://127.0.0.1:1", "127.0.0.1:9090", "127.8.9.10:9090", "http://[::1]:26657", "[::1]:9090",
		"http://[::ffff:127.0.0.1]:26657",
	} {
		require.NoError(t, requireLoopback(address), address)
	}
	for _, address := range []string{
		"", "http://", "http://192.0.2.1:26657", "192.0.2.1:26657", "http://0.0.0.0:26657", "http://[::]:26657", "http://10.0.0.1:1",
		"http://example.com:26657", "http://localhost:26657", // a name
		"http://127.0.0.1.example.com:26657", "http://127.0.0.1@192.0.2.1:26657", "http://2130706433:80", "http://127.1:80",
		"http://127.0.0.1", "127.0.0.1", // no port
		"http://[::ffff:192.0.2.1]:26657", "http://%zz:1", "unix:///run/node.sock",
	} {
		err := requireLoopback(address)
		require.ErrorIs(t, err, ErrNotLoopback, address)
		require.ErrorContains(t, err, "creditd devnet up", "it says what to do")
	}
}

// The client itself keeps to the machine, whatever address it is given or sent on to.
func TestLoopbackHTTP(t *testing.T) {
	client := loopbackHTTP(1)
	_, err := client.Get("http://192.0.2.1:80/") //nolint:bodyclose // there is none
	require.ErrorIs(t, err, ErrNotLoopback)

	node := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/away") {
			http.Redirect(w, r, "http://192.0.2.1:80/", http.StatusFound)
		}
	}))
	defer node.Close()
	answer, err := client.Get(node.URL + "/")
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	_, err = client.Get(node.URL + "/away") //nolint:bodyclose // there is none
	require.ErrorContains(t, err, "redirects to 192.0.2.1:80")
}
