package page

import "loaxa/admin/route"

func (p *Pages) clipRoutes() []route.Route { return nil }
