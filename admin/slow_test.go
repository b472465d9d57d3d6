package admin

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"loaxa/admin/account"
	"loaxa/player"
)

// hurried are limits under which a test need not wait for minutes; what they are for is the same.
var hurried = limits{header: 400 * time.Millisecond, read: 800 * time.Millisecond, write: time.Second, idle: time.Second, piece: 600 * time.Millisecond,
	grace: 300 * time.Millisecond, connections: 256, perAddress: 64}

// dialFrom opens a connection that comes from an address of this machine's own network.
func dialFrom(ctx context.Context, from, to string) (net.Conn, error) {
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: 5 * time.Second}
	return d.DialContext(ctx, "tcp", to)
}

// answers says how long the station needs for somebody at another address.
func answers(t *testing.T, s *station, token string) time.Duration {
	t.Helper()
	began := time.Now()
	c := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, addr string) (net.Conn, error) {
		return dialFrom(ctx, "127.0.0.9", addr)
	}}}
	req, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+s.Address()+"/api/v1/now", nil)
	must(t, err)
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := c.Do(req)
	if err != nil {
		t.Errorf("the station answers nobody any more: %v", err)
		return time.Since(began)
	}
	_, err = io.Copy(io.Discard, res.Body)
	must(t, errors.Join(err, res.Body.Close()))
	if res.StatusCode != http.StatusOK {
		t.Errorf("somebody else is answered %d", res.StatusCode)
	}
	return time.Since(began)
}

// drip sends text a byte at a time until the other end has enough, and says when that was. Control: most, which is how long
// it tries.
func drip(c net.Conn, text string, most time.Duration) (ended time.Duration, closed bool) {
	began := time.Now()
	for i := 0; time.Since(began) < most; i++ {
		if _, err := c.Write([]byte{text[i%len(text)]}); err != nil {
			return time.Since(began), true
		}
		_ = c.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
		if _, err := io.Copy(io.Discard, c); err == nil || !errors.Is(err, os.ErrDeadlineExceeded) {
			return time.Since(began), true
		}
	}
	return most, false
}

// Somebody who sends a byte now and then holds a connection for as long as a request may take, and no longer; all the
// while others are answered.
func TestSlowSendersAreCutOff(t *testing.T) {
	s := newStation(t, func(o *Options) { l := hurried; o.limits = &l })
	s.start(t)
	token := s.token(t, account.Operator)
	head := "POST /api/v1/stop HTTP/1.1\r\nHost: " + s.Address() + "\r\nAuthorization: Bearer " + token + "\r\nContent-Type: application/json\r\nContent-Length: 4000\r\n\r\n"
	var slow sync.WaitGroup
	for name, c := range map[string]struct{ first, then string }{
		"the head, a byte at a time":      {"", "GET / HTTP/1.1\r\nX-A: " + strings.Repeat("a", 4000)},
		"the body, a byte at a time":      {head, " "},
		"a body of pieces, one at a time": {strings.Replace(head, "Content-Length: 4000", "Transfer-Encoding: chunked", 1), "1\r\n \r\n"},
		"nothing after the first line":    {"GET / HTTP/1.1\r\n", ""},
	} {
		slow.Go(func() {
			conn, err := dialFrom(t.Context(), "127.0.0.2", s.Address())
			if err != nil {
				t.Errorf("%s: %v", name, err)
				return
			}
			defer conn.Close() //nolint:errcheck // it was closed by the other end
			if _, err := io.WriteString(conn, c.first); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if c.then == "" {
				_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
				_, err = io.Copy(io.Discard, conn)
				if errors.Is(err, os.ErrDeadlineExceeded) {
					t.Errorf("%s: held for five seconds", name)
				}
				return
			}
			if ended, closed := drip(conn, c.then, 6*time.Second); !closed {
				t.Errorf("%s: still taken after %s", name, ended)
			}
		})
	}
	for range 10 {
		if took := answers(t, s, token); took > 3*time.Second {
			t.Errorf("somebody else waits %s", took)
		}
	}
	slow.Wait()
}

// One machine opens hundreds of connections and says nothing. The others must get in at once, not when its connections
// have timed out: one of them may want to stop what is on air.
func TestIdleConnectionsKeepNobodyOut(t *testing.T) {
	s := newStation(t, func(o *Options) { l := usualLimits; o.limits = &l })
	s.start(t)
	token := s.token(t, account.Operator)
	if took := answersUnder(t, s, token, "127.0.0.2", 300); took > 2*time.Second {
		t.Errorf("with 300 idle connections of one machine somebody else waits %s", took)
	}
}

// answersUnder opens idle connections from an address and says how long somebody at another one waits then.
func answersUnder(t *testing.T, s *station, token, from string, idle int) time.Duration {
	t.Helper()
	for range idle {
		c, err := dialFrom(t.Context(), from, s.Address())
		if err != nil {
			t.Fatalf("opening connections: %v", err)
		}
		defer c.Close() //nolint:errcheck // idle to its end
	}
	return answers(t, s, token)
}

// The control: without a bound for each address the same machine does keep the others out, until its connections time out.
func TestIdleConnectionsWithoutABoundWouldKeepOthersOut(t *testing.T) {
	s := newStation(t, func(o *Options) {
		o.limits = &limits{header: 3 * time.Second, read: 4 * time.Second, write: 4 * time.Second, idle: time.Second, piece: time.Second, grace: 300 * time.Millisecond,
			connections: 256, perAddress: 1000}
	})
	s.start(t)
	if took := answersUnder(t, s, s.token(t, account.Operator), "127.0.0.2", 300); took < time.Second {
		t.Errorf("somebody else waits only %s: the test above would find nothing", took)
	}
}

// Behind a reverse proxy everybody comes from this machine's own address.
func TestAProxyIsNotOneMachine(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	for proxy, want := range map[bool]int{true: 3, false: 2} {
		l := newFairListener(inner, 2, proxy)
		got := 0
		for range 3 {
			c, err := dialFrom(t.Context(), "127.0.0.1", inner.Addr().String())
			must(t, err)
			defer c.Close() //nolint:errcheck // a test's own
		}
		tcp, ok := inner.(*net.TCPListener)
		if !ok {
			t.Fatalf("a listener of type %T", inner)
		}
		must(t, tcp.SetDeadline(time.Now().Add(500*time.Millisecond)))
		for {
			c, err := l.Accept()
			if err != nil {
				break
			}
			defer c.Close() //nolint:errcheck // a test's own
			got++
		}
		if got != want {
			t.Errorf("behind a proxy: %v: %d of 3 connections of one address, want %d", proxy, got, want)
		}
	}
	must(t, inner.Close())
}

// What was closed counts no more, else a commune's phone is locked out after a day of use.
func TestClosedConnectionsCountNoMore(t *testing.T) {
	s := newStation(t, func(o *Options) { l := hurried; l.perAddress = 2; o.limits = &l })
	s.start(t)
	token := s.token(t, account.Operator)
	for range 8 {
		answers(t, s, token)
	}
}

// A page that was opened and never read again, on a phone that fell asleep: it costs itself, not the others.
func TestReaderThatNeverReadsIsDropped(t *testing.T) {
	s := newStation(t, func(o *Options) { l := hurried; o.limits = &l })
	s.start(t)
	token := s.token(t, account.Operator)
	conn, err := dialFrom(t.Context(), "127.0.0.2", s.Address())
	must(t, err)
	defer conn.Close() //nolint:errcheck // dropped by the other end
	if tcp, ok := conn.(*net.TCPConn); ok {
		must(t, tcp.SetReadBuffer(2048))
	}
	must2(t)(fmt.Fprintf(conn, "GET /api/v1/events HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n\r\n", s.Address(), token))
	first := bufio.NewReader(conn)
	if line, err := first.ReadString('\n'); err != nil || !strings.Contains(line, "200") {
		t.Fatalf("%q, %v", line, err)
	}
	// Each change is told with a title of half a megabyte, so that the kernel's buffers are full soon.
	title := strings.Repeat("Cảnh báo ", 50000)
	dropped := false
	for i, end := 0, time.Now().Add(15*time.Second); time.Now().Before(end) && !dropped; i++ {
		s.player.show(func(p *player.Snapshot) {
			p.State = player.Playing
			p.OnAir = &player.OnAir{Broadcast: fmt.Sprintf("p-%d", i), Kind: player.Scheduled, Title: title, Due: s.clock(), Started: s.clock(), Length: time.Minute}
		})
		time.Sleep(30 * time.Millisecond)
		if i%20 == 0 {
			s.player.mu.Lock()
			dropped = i > 0 && len(s.player.watchers) == 0
			s.player.mu.Unlock()
		}
	}
	if !dropped {
		t.Error("a stream that nobody reads goes on for ever")
	}
	s.player.show(func(p *player.Snapshot) { p.State, p.OnAir = player.Resting, nil })
	if took := answers(t, s, token); took > 3*time.Second {
		t.Errorf("somebody else waits %s", took)
	}
}
