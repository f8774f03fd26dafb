package api

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/spf13/cast"

	servertypes "github.com/cosmos/cosmos-sdk/server/types"
)

// Section of app.toml that this package reads, beside the SDK's [api].
const Section = "rest"

// Config of what the API allows. A zero value of a limit is its default, except where it says otherwise.
type Config struct {
	// Explorer serves the web explorer under /ui/.
	Explorer bool `mapstructure:"explorer"`
	// CORSOrigins are the web origins that may call from a browser, as "https://explorer.example". None by default.
	CORSOrigins []string `mapstructure:"cors-origins"`
	// MaxConcurrent requests are worked on at once; one more is told to come back.
	MaxConcurrent int `mapstructure:"max-concurrent"`
	// MaxBodyBytes of a request.
	MaxBodyBytes int64 `mapstructure:"max-body-bytes"`
	// MaxHeaderBytes of a request's headers and path together.
	MaxHeaderBytes int `mapstructure:"max-header-bytes"`
	// MaxPageLimit is how many entries a page has at most, whatever is asked for.
	MaxPageLimit uint64 `mapstructure:"max-page-limit"`
	// MaxPageOffset is how far pagination.offset may skip. Keys have no such bound.
	MaxPageOffset uint64 `mapstructure:"max-page-offset"`
	// RatePerClient is how many requests a second one address may send on average; 0 is no limit.
	RatePerClient float64 `mapstructure:"rate-per-client"`
	// RateBurst is how many of them may come at once.
	RateBurst int `mapstructure:"rate-burst"`
	// Indexer is where requests under /indexer/ are passed on to, as "http://127.0.0.1:9390"; empty for none.
	Indexer string `mapstructure:"indexer"`
}

// DefaultConfig is for a node that strangers may ask.
func DefaultConfig() Config {
	return Config{
		CORSOrigins:    []string{},
		MaxConcurrent:  128,
		MaxBodyBytes:   1 << 20,
		MaxHeaderBytes: 32 << 10,
		MaxPageLimit:   1000,
		MaxPageOffset:  10_000,
		RatePerClient:  0,
		RateBurst:      50,
	}
}

// ConfigTemplate is the section in app.toml. The struct that fills it has the Config in a field named Rest.
const ConfigTemplate = `
###############################################################################
###                        creditd REST Configuration                       ###
###############################################################################

# What the API server (section [api]) allows, beside minimum-gas-prices and query-gas-limit above. docs/api/README.md
# says what a client sees of each limit.
[rest]

# Serve the web explorer under /ui/. Off by default: a validator answers as few strangers as it can. It asks this node
# for everything that it shows.
explorer = {{ .Rest.Explorer }}

# Web origins whose pages may call this node, such as ["https://explorer.example"]. Empty: none. "*" is not accepted;
# enabled-unsafe-cors in [api] is the SDK's switch for every origin.
cors-origins = [{{ range .Rest.CORSOrigins }}{{ printf "%q, " . }}{{ end }}]

# Requests that are worked on at once; further ones get 503 with Retry-After.
max-concurrent = {{ .Rest.MaxConcurrent }}

# Largest body, and largest path with headers, in bytes.
max-body-bytes = {{ .Rest.MaxBodyBytes }}
max-header-bytes = {{ .Rest.MaxHeaderBytes }}

# Entries of a page at most, and how far pagination.offset may skip (pagination.key goes as far as there is). Both also
# hold for gRPC.
max-page-limit = {{ .Rest.MaxPageLimit }}
max-page-offset = {{ .Rest.MaxPageOffset }}

# Requests a second of one client address, on average and at once; 0 is no limit. Behind a proxy all clients have the
# address of the proxy: limit there.
rate-per-client = {{ .Rest.RatePerClient }}
rate-burst = {{ .Rest.RateBurst }}

# Where 'creditd indexer' answers, such as "http://127.0.0.1:9390". Requests under /indexer/ are passed on to it, with the limits
# above. Empty: this node has no indexer, and the explorer shows what the node knows by itself.
indexer = {{ printf "%q" .Rest.Indexer }}
`

// FromOptions reads the section; what is not in it is the default.
func FromOptions(options servertypes.AppOptions) (Config, error) {
	cfg := DefaultConfig()
	get := func(name string) (any, bool) {
		value := options.Get(Section + "." + name)
		return value, value != nil
	}
	var err error
	read := func(name string, set func(any) error) {
		value, ok := get(name)
		if !ok || err != nil {
			return
		}
		if bad := set(value); bad != nil {
			err = fmt.Errorf("app.toml: [%s] %s: %w", Section, name, bad)
		}
	}
	read("explorer", func(v any) (e error) { cfg.Explorer, e = cast.ToBoolE(v); return })
	read("cors-origins", func(v any) (e error) { cfg.CORSOrigins, e = cast.ToStringSliceE(v); return })
	read("max-concurrent", func(v any) (e error) { cfg.MaxConcurrent, e = cast.ToIntE(v); return })
	read("max-body-bytes", func(v any) (e error) { cfg.MaxBodyBytes, e = cast.ToInt64E(v); return })
	read("max-header-bytes", func(v any) (e error) { cfg.MaxHeaderBytes, e = cast.ToIntE(v); return })
	read("max-page-limit", func(v any) (e error) { cfg.MaxPageLimit, e = cast.ToUint64E(v); return })
	read("max-page-offset", func(v any) (e error) { cfg.MaxPageOffset, e = cast.ToUint64E(v); return })
	read("rate-per-client", func(v any) (e error) { cfg.RatePerClient, e = cast.ToFloat64E(v); return })
	read("rate-burst", func(v any) (e error) { cfg.RateBurst, e = cast.ToIntE(v); return })
	read("indexer", func(v any) (e error) { cfg.Indexer, e = cast.ToStringE(v); return })
	if err != nil {
		return Config{}, err
	}
	return cfg, cfg.Validate()
}

// Validate says what is wrong with a section.
func (c Config) Validate() error {
	for _, origin := range c.CORSOrigins {
		u, err := url.Parse(origin)
		if err != nil || !isOrigin(u, origin) {
			return fmt.Errorf("app.toml: [%s] cors-origins: %q is no origin; write it as https://host or https://host:port", Section, origin)
		}
	}
	if c.Indexer != "" {
		if u, err := url.Parse(c.Indexer); err != nil || !isOrigin(u, c.Indexer) {
			return fmt.Errorf("app.toml: [%s] indexer: %q is not where one answers; write it as http://127.0.0.1:9390", Section, c.Indexer)
		}
	}
	limits := map[string]bool{
		"max-concurrent": c.MaxConcurrent > 0, "max-body-bytes": c.MaxBodyBytes > 0, "max-header-bytes": c.MaxHeaderBytes > 0,
		"max-page-limit": c.MaxPageLimit > 0, "rate-per-client": c.RatePerClient >= 0,
		"rate-burst": c.RatePerClient == 0 || c.RateBurst > 0,
	}
	for name, good := range limits {
		if !good {
			return fmt.Errorf("app.toml: [%s] %s is too small; leave the line out for the default", Section, name)
		}
	}
	return nil
}

// isOrigin is true for a scheme, a host and a port, and nothing behind.
func isOrigin(u *url.URL, text string) bool {
	return (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && strings.TrimRight(text, "/") == u.Scheme+"://"+u.Host
}
