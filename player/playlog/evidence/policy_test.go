package evidence

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// witnessKey is a verifier key of a kind that only witnesses have.
const witnessKey = "witness.example/w+5f8b4b1c+BCNXbQmjzqnHN5Wk/nY5vYXf9Q0fC5bVnSGpOHBJYwq2"

func TestPolicy(t *testing.T) {
	a, b := newAuthor(t, "loaxa/XA-01/may-1/1").vkey, newAuthor(t, "loaxa/XA-02/may-1/1").vkey
	otherWitness := strings.Replace(witnessKey, "BCNX", "BCNY", 1)
	cases := []struct {
		name, text string
		keys       []string // nil: refused
		says       string
	}{
		{"one log", "log " + a, []string{a}, ""},
		{"whole", "# của xã\n\n\t log " + a + "\thttps://xã.example/nhat-ky \n  # x\nlog " + b + "\nquorum none\n", []string{a, b}, ""},
		{"witnesses that nothing demands", fmt.Sprintf("log %s\nwitness W %s https://w.example\nwitness V %s\ngroup G any W V\ngroup H 2 W V\ngroup I all G H\nquorum none\n", a, witnessKey, otherWitness), []string{a}, ""},
		{"a witness demanded", fmt.Sprintf("log %s\nwitness W %s\nquorum W\n", a, witnessKey), nil, "line 3: not a policy that can be followed: it demands cosignatures of \"W\""},
		{"a group demanded", fmt.Sprintf("log %s\nwitness W %s\ngroup G all W\nquorum G\n", a, witnessKey), nil, "not checked yet"},
		{"a quorum that is not defined", "log " + a + "\nquorum W\n", nil, "not defined above"},
		{"defined too late", fmt.Sprintf("log %s\nquorum W\nwitness W %s\n", a, witnessKey), nil, "line 2"},
		{"two quorums", "log " + a + "\nquorum none\nquorum none\n", nil, "a second quorum line"},
		{"no quorum named", "log " + a + "\nquorum\n", nil, "quorum NAME"},
		{"no log", "quorum none\n", nil, "names no log"},
		{"empty", "", nil, "names no log"},
		{"a log twice", "log " + a + "\nlog " + a + "\n", nil, "line 2"},
		{"no key", "log\n", nil, "log VKEY"},
		{"a broken key", "log " + a[:len(a)-4] + "\n", nil, "line 1"},
		{"a witness's key as a log's", "log " + witnessKey + "\n", nil, "line 1"},
		{"an unknown word", "log " + a + "\nlogs " + b + "\n", nil, `begins with "logs"`},
		{"a comment behind", "log " + a + " https://x # mine\n", nil, "log VKEY [URL]"},
		{"line ends of Windows", "log " + a + "\r\n", nil, "control character"},
		{"a name twice", fmt.Sprintf("log %s\nwitness W %s\nwitness W %s\n", a, witnessKey, otherWitness), nil, "there twice"},
		{"a witness twice", fmt.Sprintf("log %s\nwitness W %s\nwitness V %s\n", a, witnessKey, witnessKey), nil, "there twice"},
		{"none as a name", fmt.Sprintf("log %s\nwitness none %s\n", a, witnessKey), nil, "there twice"},
		{"none as a member", fmt.Sprintf("log %s\ngroup G any none\n", a), nil, "not defined above"},
		{"a member twice", fmt.Sprintf("log %s\nwitness W %s\ngroup G any W W\n", a, witnessKey), nil, "there twice"},
		{"a threshold too high", fmt.Sprintf("log %s\nwitness W %s\ngroup G 2 W\n", a, witnessKey), nil, "threshold"},
		{"no threshold", fmt.Sprintf("log %s\nwitness W %s\ngroup G W\n", a, witnessKey), nil, "group NAME"},
		{"a witness without a key", fmt.Sprintf("log %s\nwitness W https://w.example\n", a), nil, "no verifier key"},
		{"too long", "log " + a + strings.Repeat(" ", MaxPolicy), nil, "more than"},
		{"too many lines", "log " + a + strings.Repeat("\n", maxPolicyLines), nil, "too many"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			keys, err := ParsePolicy([]byte(c.text))
			if !slices.Equal(keys, c.keys) || (err == nil) != (c.keys != nil) {
				t.Fatalf("keys %q, %v", keys, err)
			}
			if err != nil && (!errors.Is(err, ErrPolicy) || !strings.Contains(err.Error(), c.says)) {
				t.Errorf("%v, want %q said", err, c.says)
			}
		})
	}
}

// What a policy gives can be used as keys, and one that demands cosignatures gives none.
func FuzzPolicy(f *testing.F) {
	a := newAuthor(f, "loaxa/XA-01/may-1/1")
	f.Add([]byte("log " + a.vkey + "\nquorum none\n"))
	f.Add([]byte("log " + a.vkey + "\nwitness W " + witnessKey + "\ngroup G any W\nquorum G\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		keys, err := ParsePolicy(b)
		if (err == nil) != (len(keys) > 0) {
			t.Fatalf("%q, %v", keys, err)
		}
		for _, k := range keys {
			if _, err := keyBytes(k); err != nil {
				t.Fatal(err)
			}
		}
		if err != nil {
			return
		}
		for _, line := range strings.Split(string(b), "\n") {
			if w := strings.Fields(line); len(w) > 1 && w[0] == "quorum" && w[1] != "none" {
				t.Fatalf("a quorum was passed over: %q", line)
			}
		}
	})
}
