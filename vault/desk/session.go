package desk

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"net/url"
	"sync"
	"time"
)

const (
	secretBytes = 32
	// sessionLife: an officer comes in anew each working day.
	sessionLife = 12 * time.Hour
	maxSessions = 16
)

// sessions are the browsers that were let in. A link has a token that one browser exchanges for a cookie; then there is a new
// link. Only hashes are kept.
type sessions struct {
	cookie  string
	secure  bool
	newLink func(token string)
	now     func() time.Time

	mu    sync.Mutex
	token [sha256.Size]byte
	until map[[sha256.Size]byte]time.Time
}

func newSessions(base string, secure bool, newLink func(token string)) *sessions {
	name := "creditd_desk" // cookies know no ports, and two desks on a machine are two
	if u, err := url.Parse(base); err == nil && u.Port() != "" {
		name += "_" + u.Port()
	}
	if secure {
		name = "__Secure-" + name // RFC 6265bis s.4.1.3.1
	}
	return &sessions{cookie: name, secure: secure, newLink: newLink, now: time.Now, until: map[[sha256.Size]byte]time.Time{}}
}

func newSecret() (text string, hash [sha256.Size]byte) {
	secret := make([]byte, secretBytes)
	_, _ = rand.Read(secret) // never fails, see the doc of crypto/rand.Read
	text = hex.EncodeToString(secret)
	return text, sha256.Sum256([]byte(text))
}

// renew makes a new token; the one before is void.
func (s *sessions) renew() {
	text, hash := newSecret()
	s.mu.Lock()
	s.token = hash
	s.mu.Unlock()
	s.newLink(text)
}

// enter exchanges the token for a cookie. It works once.
func (s *sessions) enter(w http.ResponseWriter, token string) bool {
	given := sha256.Sum256([]byte(token))
	text, hash := newSecret()
	s.mu.Lock()
	if subtle.ConstantTimeCompare(given[:], s.token[:]) != 1 || !s.room() {
		s.mu.Unlock()
		return false
	}
	s.token = [sha256.Size]byte{} // of no token
	s.until[hash] = s.now().Add(sessionLife)
	s.mu.Unlock()
	s.renew()
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure wherever the desk has TLS
		Name: s.cookie, Value: text, Path: Prefix, HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteStrictMode,
	})
	return true
}

// room for one more: those whose time is over make it.
func (s *sessions) room() bool {
	for hash, until := range s.until {
		if !s.now().Before(until) {
			delete(s.until, hash)
		}
	}
	return len(s.until) < maxSessions
}

// valid tells whether a request is of a browser that was let in.
func (s *sessions) valid(r *http.Request) bool {
	hash, ok := s.of(r)
	if !ok {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	until, known := s.until[hash]
	return known && s.now().Before(until)
}

// leave ends the session of a request.
func (s *sessions) leave(w http.ResponseWriter, r *http.Request) {
	if hash, ok := s.of(r); ok {
		s.mu.Lock()
		delete(s.until, hash)
		s.mu.Unlock()
	}
	http.SetCookie(w, &http.Cookie{Name: s.cookie, Path: Prefix, MaxAge: -1, HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteStrictMode}) //nolint:gosec // as above
}

func (s *sessions) of(r *http.Request) (hash [sha256.Size]byte, ok bool) {
	cookie, err := r.Cookie(s.cookie)
	if err != nil {
		return hash, false
	}
	return sha256.Sum256([]byte(cookie.Value)), true
}
