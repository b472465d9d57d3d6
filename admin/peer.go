package admin

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"

	"loaxa/admin/account"
)

// asHeader names the person on whose behalf a command on the socket acts.
const asHeader = "X-Loaxa-As"

type peerKey struct{}

// peer is the user at the other end of the Unix socket, as the kernel says.
type peer struct{ user string }

func peerOf(ctx context.Context) (peer, bool) {
	p, ok := ctx.Value(peerKey{}).(peer)
	return p, ok
}

// rememberPeer is the server's ConnContext: it notes who connected to the socket.
func rememberPeer(ctx context.Context, c net.Conn) context.Context {
	u, ok := c.(*net.UnixConn)
	if !ok {
		return ctx
	}
	name, err := peerUser(u)
	if err != nil {
		name = "unknown" // the mode of the socket let it in; the log says that the name could not be had
	}
	return context.WithValue(ctx, peerKey{}, peer{user: name})
}

func peerUser(c *net.UnixConn) (string, error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return "", fmt.Errorf("asking for the peer: %w", err)
	}
	var cred *syscall.Ucred
	var credErr error
	if err := raw.Control(func(fd uintptr) {
		cred, credErr = syscall.GetsockoptUcred(int(fd), syscall.SOL_SOCKET, syscall.SO_PEERCRED)
	}); err != nil {
		return "", fmt.Errorf("asking for the peer: %w", err)
	}
	if credErr != nil {
		return "", fmt.Errorf("asking for the peer: %w", credErr)
	}
	uid := strconv.FormatUint(uint64(cred.Uid), 10)
	if u, err := user.LookupId(uid); err == nil {
		return u.Username, nil
	}
	return "uid-" + uid, nil
}

// socketIdentity is who a request on the socket acts as: the peer's user, or the person it names.
func socketIdentity(p peer, r *http.Request) (account.Identity, error) {
	as := r.Header.Get(asHeader)
	if as == "" {
		return account.Identity{Actor: "socket:" + p.user, Name: p.user, Role: account.Administrator}, nil
	}
	name, err := account.CleanName(as)
	if err != nil {
		return account.Identity{}, fmt.Errorf("reading %s: %w", asHeader, err)
	}
	return account.Identity{Actor: "user:" + name, Name: name, Role: account.Administrator}, nil
}

// listenSocket makes the socket under a name that nobody knows, closes it to others, and only then puts it in place.
// A socket left behind by a crash is replaced: whoever holds the data folder's lock owns the name.
func listenSocket(path string) (net.Listener, error) {
	fail := func(err error) (net.Listener, error) { return nil, fmt.Errorf("opening socket %s: %w", path, err) }
	if st, err := os.Lstat(path); err == nil && st.Mode().Type() != fs.ModeSocket {
		return fail(errors.New("something that is no socket stands there; move it away"))
	}
	dir, err := os.MkdirTemp(filepath.Dir(path), ".s")
	if err != nil {
		return fail(err)
	}
	temp := filepath.Join(dir, "s") // the folder is 0700: nobody else gets in before the mode is set
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: temp, Net: "unix"})
	if err != nil {
		return fail(errors.Join(err, os.RemoveAll(dir)))
	}
	l.SetUnlinkOnClose(false) // it would unlink the temporary name
	err = os.Chmod(temp, 0o600)
	if err == nil {
		err = os.Rename(temp, path)
	}
	if err != nil {
		return fail(errors.Join(err, l.Close(), os.RemoveAll(dir)))
	}
	if err := os.Remove(dir); err != nil {
		return fail(errors.Join(err, l.Close()))
	}
	return l, nil
}

// rateKey is the address whose failures count together: an IPv4 address or an IPv6 /64.
func rateKey(remote string) string {
	ap, err := netip.ParseAddrPort(remote)
	if err != nil {
		return remote
	}
	ip := ap.Addr().Unmap()
	if ip.Is6() {
		if p, err := ip.Prefix(64); err == nil {
			return p.String()
		}
	}
	return ip.String()
}

// fromHere says whether a request comes from this machine and not through a proxy on it.
func fromHere(r *http.Request) bool {
	if _, socket := peerOf(r.Context()); socket {
		return true
	}
	if r.Header.Get("X-Forwarded-For") != "" || r.Header.Get("Forwarded") != "" {
		return false
	}
	ap, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && ap.Addr().Unmap().IsLoopback()
}
