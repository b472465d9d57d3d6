package admin

import (
	"net"
	"sync"
)

// fairListener lets no single address take all the connections there are: a machine that opens hundreds and says nothing
// must not stand between the others and the stop button.
type fairListener struct {
	net.Listener
	most  int
	proxy bool // this machine's own addresses carry everybody who comes through the reverse proxy on it

	mu   sync.Mutex
	open map[string]int // by address
}

func newFairListener(l net.Listener, most int, proxy bool) *fairListener {
	return &fairListener{Listener: l, most: most, proxy: proxy, open: make(map[string]int)}
}

// Accept closes at once what is one too many, and waits for the next.
func (l *fairListener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		key := rateKey(c.RemoteAddr().String())
		if a, ok := c.RemoteAddr().(*net.TCPAddr); ok && l.proxy && a.IP.IsLoopback() {
			return c, nil
		}
		if l.enter(key) {
			return &countedConn{Conn: c, leave: sync.OnceFunc(func() { l.leave(key) })}, nil
		}
		_ = c.Close() // nothing was said on it
	}
}

func (l *fairListener) enter(key string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open[key] >= l.most {
		return false
	}
	l.open[key]++
	return true
}

func (l *fairListener) leave(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open[key]--; l.open[key] <= 0 {
		delete(l.open, key)
	}
}

type countedConn struct {
	net.Conn
	leave func()
}

func (c *countedConn) Close() error {
	defer c.leave()
	return c.Conn.Close()
}
