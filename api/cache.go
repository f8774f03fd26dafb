package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"

	grpctypes "github.com/cosmos/cosmos-sdk/types/grpc"
)

// cache says how long an answer holds. A state never changes once its block is committed, so what is asked at a given
// height is immutable, and what is asked without holds until the next block.
type cache struct {
	chain    Chain
	services *Services
	identity string // of the chain and of the program that writes the JSON
	latest   atomic.Pointer[tag]
}

// tag of the latest state.
type tag struct {
	height int64
	etag   string
}

// Values of Cache-Control.
const (
	immutable  = "public, max-age=31536000, immutable"
	revalidate = "no-cache" // keep it, and ask whether it still holds
	neverKeep  = "no-store"
)

// liveServices answer from the node, its blocks and its transactions, not from a state: the height means nothing to them. Nor does
// it to the indexer.
var liveServices = []string{"/cosmos/tx/", "/cosmos/base/tendermint/", "/cosmos/base/node/", indexerPath}

func newCache(chain Chain, services *Services, chainID, version string) *cache {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d:%s%s", len(chainID), chainID, version))
	return &cache{chain: chain, services: services, identity: hex.EncodeToString(sum[:8])}
}

// question is what mark has to know of a request.
type question struct {
	state  bool  // it asks for state
	height int64 // that it names, 0 for none
	latest tag   // of the state before it was asked
}

type questionKey struct{}

// handler answers 304 where the client has the answer, and else lets next answer.
func (c *cache) handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", grpctypes.GRPCBlockHeightHeader)
		q := question{state: isState(r)}
		if !q.state {
			next.ServeHTTP(w, r)
			return
		}
		height, err := c.services.parseHeight(heightHeaders(r.Header))
		if err != nil {
			WriteError(w, err)
			return
		}
		q.height, q.latest = height, c.latestTag()
		if etag := c.etag(q); matches(r.Header.Get("If-None-Match"), etag) {
			c.set(w.Header(), q, etag)
			w.WriteHeader(http.StatusNotModified)
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), questionKey{}, q)))
	})
}

// heightHeaders are the two that the gateway understands, and that grpc-gateway has always understood.
func heightHeaders(h http.Header) []string {
	return append(h.Values(grpctypes.GRPCBlockHeightHeader), h.Values("Grpc-Metadata-"+grpctypes.GRPCBlockHeightHeader)...)
}

func isState(r *http.Request) bool {
	if r.Method != http.MethodGet {
		return false
	}
	for _, live := range liveServices {
		if strings.HasPrefix(r.URL.Path, live) {
			return false
		}
	}
	return true
}

// mark the answer to a question, given at a height. One that raced with a commit is given no tag.
func (c *cache) mark(ctx context.Context, h http.Header, height string) {
	q, ok := ctx.Value(questionKey{}).(question)
	if !ok {
		h.Set("Cache-Control", neverKeep)
		return
	}
	at, err := strconv.ParseInt(height, 10, 64)
	if err != nil || (q.height == 0 && at != q.latest.height) {
		h.Set("Cache-Control", neverKeep)
		return
	}
	c.set(h, q, c.etag(q))
}

func (c *cache) set(h http.Header, q question, etag string) {
	h.Set("ETag", etag)
	if q.height > 0 {
		h.Set("Cache-Control", immutable)
		return
	}
	h.Set("Cache-Control", revalidate)
}

// etag of all answers to a question: the height and a hash. At the latest height it is the app hash; what is immutable
// needs no other than that of the chain and of the program that writes the JSON.
func (c *cache) etag(q question) string {
	if q.height > 0 {
		return fmt.Sprintf(`"%d-%s"`, q.height, c.identity)
	}
	return q.latest.etag
}

// latestTag is made once for each block.
func (c *cache) latestTag() tag {
	height := c.chain.LatestHeight()
	if known := c.latest.Load(); known != nil && known.height == height {
		return *known
	}
	at, hash := c.chain.AppHash()
	t := tag{height: at, etag: fmt.Sprintf(`"%d-%s-%s"`, at, hex.EncodeToString(hash[:min(len(hash), 16)]), c.identity)}
	c.latest.Store(&t)
	return t
}

// matches is the comparison of RFC 9110 s.13.1.2, without "*": what it would match does not exist before it is asked.
func matches(header, etag string) bool {
	for candidate := range strings.SplitSeq(header, ",") {
		if strings.TrimPrefix(strings.TrimSpace(candidate), "W/") == etag && etag != "" {
			return true
		}
	}
	return false
}
