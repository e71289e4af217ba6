// A service with one protected route: GET /hello wants an access token of Signet's.
package main

import (
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v4"
)

var errNoKeySet = errors.New("no key set")
var maxAge = regexp.MustCompile(`max-age=(\d+)`)

// KeySet holds the issuer's public keys for as long as their Cache-Control says.
type KeySet struct {
	url     string
	mutex   sync.RWMutex
	keys    map[string]*rsa.PublicKey
	expires time.Time
	// When it was asked for last, with or without success. The lock is held while asking.
	asking sync.Mutex
	asked  time.Time
	// When it was asked for in vain.
	failed time.Time
}

func (s *KeySet) fresh(kid string) (key *rsa.PublicKey, fresh bool) {
	s.mutex.RLock()
	defer s.mutex.RUnlock()
	return s.keys[kid], time.Now().Before(s.expires)
}

// Key finds the key of a token; golang-jwt asks for it.
func (s *KeySet) Key(token *jwt.Token) (interface{}, error) {
	// Another JWT of the same server is no access token.
	typ, _ := token.Header["typ"].(string)
	if !strings.EqualFold(strings.TrimPrefix(typ, "application/"), "at+jwt") {
		return nil, errors.New("no access token")
	}
	kid, _ := token.Header["kid"].(string)
	// A key that is known waits for nobody: not for an id that someone made up, nor for
	// an issuer that does not answer.
	if key, fresh := s.fresh(kid); fresh && key != nil {
		return key, nil
	}
	s.asking.Lock()
	defer s.asking.Unlock()
	// A key id that is unknown makes it ask again, at most once in 30 seconds.
	key, fresh := s.fresh(kid)
	if !fresh && time.Since(s.failed) < time.Second {
		// Those who waited for an answer that did not come do not ask in vain, too.
		return nil, errNoKeySet
	}
	if !fresh || key == nil && time.Since(s.asked) > 30*time.Second {
		s.asked = time.Now()
		if err := s.fetch(); err != nil {
			s.failed = time.Now()
			return nil, errNoKeySet
		}
		key, _ = s.fresh(kid)
	}
	if key != nil {
		return key, nil
	}
	return nil, errors.New("unknown key")
}

// The keys are what the issuer itself answers with.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

func (s *KeySet) fetch() error {
	now := time.Now()
	client := http.Client{Timeout: 5 * time.Second, CheckRedirect: stay}
	response, err := client.Get(s.url)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return errors.New(response.Status)
	}
	var set struct {
		Keys []struct{ Kid, Kty, Alg, N, E string }
	}
	if err := json.NewDecoder(response.Body).Decode(&set); err != nil {
		return err
	}
	keys := map[string]*rsa.PublicKey{}
	for _, key := range set.Keys {
		n, errN := base64.RawURLEncoding.DecodeString(key.N)
		e, errE := base64.RawURLEncoding.DecodeString(key.E)
		if key.Kty == "RSA" && key.Alg == "RS256" && errN == nil && errE == nil {
			exponent := int(new(big.Int).SetBytes(e).Int64())
			keys[key.Kid] = &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: exponent}
		}
	}
	var lifetime int
	if found := maxAge.FindStringSubmatch(response.Header.Get("Cache-Control")); found != nil {
		lifetime, _ = strconv.Atoi(found[1])
	}
	age, _ := strconv.Atoi(response.Header.Get("Age"))
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.keys = keys
	s.expires = now.Add(time.Duration(lifetime-age) * time.Second)
	return nil
}

// verify returns what the token says once everything about it is right.
func verify(keys *KeySet, issuer, audience, text string) (jwt.MapClaims, error) {
	claims := jwt.MapClaims{}
	// The algorithm is the service's choice, not the token's.
	parser := jwt.NewParser(jwt.WithValidMethods([]string{"RS256"}), jwt.WithoutClaimsValidation())
	if _, err := parser.ParseWithClaims(text, claims, keys.Key); err != nil {
		return nil, err
	}
	// The clocks of two machines differ by some seconds.
	now := time.Now().Add(-10 * time.Second).Unix()
	_, subject := claims["sub"].(string)
	if !claims.VerifyExpiresAt(now, true) || !claims.VerifyIssuer(issuer, true) ||
		!claims.VerifyAudience(audience, true) || !subject {
		return nil, errors.New("not for this service, or expired")
	}
	return claims, nil
}

func setting(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}

func main() {
	issuer := setting("ISSUER", "http://127.0.0.1:8080")
	// The server's SIGNET_AUDIENCE: by default the issuer.
	audience := setting("AUDIENCE", issuer)
	keys := &KeySet{url: issuer + "/.well-known/jwks.json"}
	http.HandleFunc("/hello", func(w http.ResponseWriter, r *http.Request) {
		words := strings.SplitN(r.Header.Get("Authorization"), " ", 2)
		if len(words) != 2 || !strings.EqualFold(words[0], "Bearer") {
			w.Header().Set("WWW-Authenticate", "Bearer")
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		claims, err := verify(keys, issuer, audience, words[1])
		if errors.Is(err, errNoKeySet) {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		if err != nil {
			w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		name := claims["preferred_username"]
		if name == nil {
			name = claims["sub"]
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]interface{}{"hello": name})
	})
	fmt.Println(http.ListenAndServe("127.0.0.1:"+setting("PORT", "3000"), nil))
}
