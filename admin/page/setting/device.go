package setting

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"

	"loaxa/admin/api"
	"loaxa/admin/page/frame"
	"loaxa/admin/route"
)

const labelPath = "/settings/label"

// ToneCard asks whether the test sound was heard. Broadcast is of the one that was just played; "" before.
type ToneCard struct{ Broadcast string }

// Address is one address of the station in the local network.
type Address struct {
	URL string
	QR  frame.QR
}

// postTone lets the test sound be heard, after the page has said where.
func (p *Pages) postTone(c *route.Call) (route.Reply, error) {
	broadcast, err := p.station.PlayTone(c.Request.Context(), c.Who)
	if err != nil {
		page, pageErr := p.settingsPage(c)
		if pageErr != nil {
			return nil, err
		}
		notice, status := p.frame.Refused(c.Words, err)
		page.Notice = notice
		return route.Page{Status: status, Name: "settings.html", Data: page}, nil
	}
	return route.Redirect{To: settingsPath + "?tone=" + url.QueryEscape(broadcast) + "#device"}, nil
}

func (p *Pages) postHeard(c *route.Call) (route.Reply, error) {
	if err := c.Request.ParseForm(); err != nil {
		return nil, route.BadRequest("bad_form", err.Error())
	}
	heard := c.Request.PostForm.Get("heard") == "yes"
	if err := p.station.ToneHeard(c.Who, heard); err != nil {
		return nil, err
	}
	note := "not_heard"
	if heard {
		note = "heard"
	}
	return route.Redirect{To: settingsPath + "?note=" + note + "#device"}, nil
}

// addresses are those under which other machines of the house find the station: the one that this page was asked by or,
// where that is this machine's own, all that the machine has.
func (p *Pages) addresses(c *route.Call) (out []Address, local bool) {
	scheme := "http"
	if c.Request.TLS != nil {
		scheme = "https"
	}
	host, port, err := net.SplitHostPort(c.Request.Host)
	if err != nil {
		host, port = c.Request.Host, ""
	}
	ip, err := netip.ParseAddr(host)
	if local = host == "localhost" || err == nil && ip.IsLoopback(); !local {
		if a, err := stationAddress(scheme, c.Request.Host); err == nil {
			out = append(out, a)
		}
		return out, false
	}
	all, err := net.InterfaceAddrs()
	if err != nil {
		return nil, true
	}
	for _, a := range all {
		n, ok := a.(*net.IPNet)
		if !ok || n.IP.To4() == nil || !n.IP.IsPrivate() || len(out) == maxAddresses {
			continue
		}
		at := n.IP.String()
		if port != "" {
			at = net.JoinHostPort(at, port)
		}
		if a, err := stationAddress(scheme, at); err == nil {
			out = append(out, a)
		}
	}
	return out, true
}

// maxAddresses is more than a station has; containers and bridges may bring any number.
const maxAddresses = 4

func stationAddress(scheme, host string) (Address, error) {
	text := scheme + "://" + host + "/"
	code, err := frame.DrawQR(text)
	if err != nil {
		return Address{}, fmt.Errorf("drawing the address: %w", err)
	}
	return Address{URL: text, QR: code}, nil
}

// Label is "tem dán máy": what somebody who stands before the machine must know.
type Label struct {
	frame.Base
	Station   api.Station
	Addresses []Address
	Local     bool
}

func (p *Pages) getLabel(c *route.Call) (route.Reply, error) {
	station, err := p.station.Station()
	if err != nil {
		return nil, err
	}
	l := Label{Base: p.frame.Base(c.Words, c.Words.T("label.title")), Station: station}
	l.Addresses, l.Local = p.addresses(c)
	return route.Page{Name: "label.html", Data: l}, nil
}
