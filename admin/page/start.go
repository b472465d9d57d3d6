package page

import "loaxa/admin/route"

func (p *Pages) startRoutes() []route.Route { return nil }
